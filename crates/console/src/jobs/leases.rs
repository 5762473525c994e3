//! The Leases of a job: one for each release that it works on, taken before anything is changed.
//!
//! They are renewed as long as the job runs, and given up at its end. A console that is killed leaves them: its next
//! job on the release takes them again, and another console when they expire. Start at [`JobLeases::acquire`].

use super::run::JobRun;
use crate::{Error, log_text::log_text, releases::key_of};
use ::release::{
    Acquired, Error as ReleaseError, Event, HeldLease, LeaseHolder, Operation, acquire_lease,
};
use cluster::WaitOptions;
use futures::future::join_all;
use std::{future::Future, pin::pin, time::Duration};
use tokio_util::sync::CancellationToken;
use wire::{
    Problem,
    job::{JobNote, Subject},
    release::ReleaseRef,
};

/// The Leases that a job holds.
#[derive(Default)]
pub(super) struct JobLeases(Vec<HeldLease>);

/// The releases that a job works on, in the order of their Leases: two jobs on the same bundle never wait for each other.
fn releases_of(subject: &Subject) -> Vec<ReleaseRef> {
    match subject {
        Subject::Release(release) => vec![release.clone()],
        Subject::Bundle(bundle) => {
            let mut names = bundle.releases.clone();
            names.sort();
            names.iter().map(|name| bundle.release(name)).collect()
        }
        Subject::Cluster(_) | Subject::Member(_) => Vec::new(),
    }
}

impl JobLeases {
    /// Takes the Lease of each release. Where the cluster refuses Leases, the job says so and goes on.
    ///
    /// # Errors
    /// [`Error::Release`] with the holder of a Lease, or when the job is stopped.
    pub(super) async fn acquire(&mut self, job: &JobRun) -> Result<(), Error> {
        let view = job.sender.borrow().clone();
        let releases = releases_of(&view.subject);
        if releases.is_empty() {
            return Ok(());
        }
        let setup = &job.console.setup;
        let holder = LeaseHolder {
            console: job.console.with_store(store::Store::console_id).await?,
            job: job.id.to_string(),
            operator: view.started_by,
        };
        let wait = WaitOptions {
            timeout: setup.job_timeout,
            stop: job.stop.clone(),
        };
        let on_event = |event: Event| {
            job.update(|progress| progress.apply(event));
        };
        for release in releases {
            let connection = job.console.connections.get(&release.cluster)?;
            let key = key_of(&release);
            let operation = Operation {
                user: &connection.user,
                watches: &connection.watches,
                key: &key,
                wait: &wait,
                clock: setup.clock,
                on_event: &on_event,
            };
            let acquired = acquire_lease(&operation, &holder, setup.lease_duration).await?;
            let release = release.release;
            match acquired {
                Acquired::Held { lease, from } => {
                    self.0.push(*lease);
                    if let Some(from) = from {
                        let (holder, key) = (from.to_string(), &key.release);
                        tracing::info!(release = %key, holder, "took over an expired Lease");
                        on_event(Event::Note(JobNote::LeaseTakenOver { release, holder }));
                    }
                }
                Acquired::Refused(error) => {
                    let problem = Problem::from(&error);
                    on_event(Event::Note(JobNote::NoLease { release, problem }));
                }
            }
        }
        Ok(())
    }

    /// Runs a job and renews its Leases meanwhile. When another console took one over, the job is stopped.
    ///
    /// # Errors
    /// Those of the job, and [`ReleaseError::LeaseLost`].
    pub(super) async fn hold_during(
        &mut self,
        run: impl Future<Output = Result<(), Error>>,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        let mut run = pin!(run);
        tokio::select! {
            outcome = &mut run => outcome,
            lost = self.renew_until_lost() => {
                stop.cancel();
                // The record of the revision is written before the job ends.
                run.await.map_err(|_| lost.into())
            }
        }
    }

    async fn renew_until_lost(&mut self) -> ReleaseError {
        let intervals = self.0.iter().map(HeldLease::renewal_interval);
        let Some(interval) = intervals.min() else {
            return std::future::pending().await;
        };
        loop {
            tokio::time::sleep(interval.max(Duration::from_millis(100))).await;
            for outcome in join_all(self.0.iter_mut().map(HeldLease::renew)).await {
                match outcome {
                    Ok(()) => {}
                    Err(lost @ ReleaseError::LeaseLost { .. }) => return lost,
                    Err(error) => {
                        let chain = log_text(&error.into());
                        tracing::warn!(chain, "a Lease could not be renewed; it is tried again");
                    }
                }
            }
        }
    }

    /// Gives the Leases up; one that cannot be deleted expires.
    pub(super) async fn release(self) {
        for outcome in join_all(self.0.into_iter().map(HeldLease::release)).await {
            if let Err(error) = outcome {
                let chain = log_text(&error.into());
                tracing::warn!(chain, "a Lease could not be given up; it expires");
            }
        }
    }
}
