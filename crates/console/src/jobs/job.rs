//! What every kind of job defines, and what a running job is given.

use super::Concerns;
use crate::{Action, Console, Error, connections::ClusterConnection};
use ::release::{Event, Operation, ReleaseKey};
use cluster::WaitOptions;
use futures::future::BoxFuture;
use serde::Serialize;
use std::{future::Future, time::Duration};
use tokio_util::sync::CancellationToken;
use wire::{
    ChartRef, MeshName, ReleaseName,
    job::{JobKind, PhaseView, Subject},
};

/// A kind of job: the request as it is stored, sealed, and how it is planned, run and resumed.
pub(crate) trait Job: Serialize + Clone + Send + Sync + 'static {
    /// The kind, as pages show it.
    const KIND: JobKind;
    /// The permission that it takes.
    const ACTION: Action;
    /// What the clusters were found to need.
    type Plan: Send + 'static;

    /// What the job works on; one job at a time does.
    fn subject(&self) -> Subject;

    /// The mesh of which it is a step.
    fn mesh(&self) -> Option<&MeshName>;

    /// The chart that it installs.
    fn chart(&self) -> Option<&ChartRef> {
        None
    }

    /// Reads the clusters and decides what is to be done; nothing is changed.
    fn plan(&self, console: &Console) -> impl Future<Output = Result<Self::Plan, Error>> + Send;

    /// Plans what is left of a job that was interrupted or failed.
    fn resume(&self, console: &Console) -> impl Future<Output = Result<Self::Plan, Error>> + Send {
        self.plan(console)
    }

    /// What the audit says about the start of the job.
    fn audit_target(&self) -> String;

    /// The name that the operator types to start it; none for a job that deletes nothing that others
    /// may use.
    fn confirmation(&self) -> Option<&str> {
        None
    }

    /// What the plan concerns: it is executed only when that is as it was shown.
    fn concerns(plan: &Self::Plan) -> Concerns;

    /// Checks on the server what the pages check before: blockers, and warnings that were not accepted.
    fn ensure_ready(
        &self,
        _console: &Console,
        _plan: &Self::Plan,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        std::future::ready(Ok(()))
    }

    /// The phases that the plan goes through.
    fn phases(plan: &Self::Plan) -> Vec<PhaseView>;

    /// Executes a plan.
    fn run(
        plan: Self::Plan,
        context: &JobContext<'_>,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// What a running job reports to and is bounded by.
pub(crate) struct JobContext<'a> {
    /// Receives the progress.
    pub(crate) on_event: &'a (dyn Fn(Event) + Send + Sync),
    /// Stores what the job saves before it deletes it.
    pub(crate) save_backup: &'a (dyn Fn(String) -> BoxFuture<'a, Result<(), Error>> + Send + Sync),
    /// Says that the next events are those of this release, in a job on one release after the other.
    pub(crate) start_part: &'a (dyn Fn(&ReleaseName) + Send + Sync),
    /// Receives the progress of one release, in a job on several releases at the same time.
    pub(crate) on_part_event: &'a (dyn Fn(&ReleaseName, Event) + Send + Sync),
    /// Cancelled when the job is to stop.
    pub(crate) stop: CancellationToken,
    /// How long the job waits for its objects.
    pub(crate) timeout: Duration,
    /// The current time.
    pub(crate) clock: fn() -> jiff::Timestamp,
}

impl<'a> JobContext<'a> {
    /// An operation on a release: as the operator, watched by the console.
    pub(crate) fn operation<'o>(
        &'o self,
        connection: &'o ClusterConnection,
        key: &'o ReleaseKey,
        wait: &'o WaitOptions,
    ) -> Operation<'o>
    where
        'a: 'o,
    {
        Operation {
            user: &connection.user,
            watches: &connection.watches,
            key,
            wait,
            clock: self.clock,
            on_event: self.on_event,
        }
    }

    /// The bounds of a wait for objects.
    pub(crate) fn wait_options(&self) -> WaitOptions {
        WaitOptions {
            timeout: self.timeout,
            stop: self.stop.clone(),
        }
    }
}
