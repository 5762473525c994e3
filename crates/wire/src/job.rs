//! Jobs: what the console is carrying out, phase by phase.

use crate::{
    ChartRef, JobId, ObjectName, Problem,
    release::{Health, ReleaseRef},
};
use serde::{Deserialize, Serialize};

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobKind {
    /// Installs a chart.
    Install,
    /// Takes a release away.
    Uninstall,
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobState {
    /// It runs.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed(Problem),
    /// The console stopped while it ran: after `step` of `steps`.
    Interrupted {
        /// Steps that were done.
        step: u32,
        /// Steps there are.
        steps: u32,
    },
}

/// The phases of a job, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PhaseName {
    /// The chart becomes objects.
    Render,
    /// Definitions are made and established.
    Crds,
    /// Hooks that run before.
    HooksBefore,
    /// Namespace, accounts, roles.
    Access,
    /// ConfigMaps, Secrets, Services.
    Configuration,
    /// What runs.
    Workloads,
    /// Webhooks and the objects of other kinds.
    Rest,
    /// All of it becomes ready.
    Ready,
    /// Hooks that run after.
    HooksAfter,
    /// Objects are taken away.
    Removal,
    /// The release's record is closed.
    Record,
}

/// How a phase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhaseState {
    /// Not yet.
    ToCome,
    /// Now.
    Running,
    /// Done.
    Done,
    /// It failed.
    Failed,
}

/// One phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseView {
    /// Which one.
    pub name: PhaseName,
    /// How it stands.
    pub state: PhaseState,
    /// Objects done.
    pub done: u32,
    /// Objects there are.
    pub all: u32,
    /// Milliseconds it took so far.
    pub took: u64,
    /// Its objects.
    pub objects: Vec<JobObject>,
}

/// One object of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobObject {
    /// Which object.
    pub object: ObjectName,
    /// How it is; none before its turn.
    pub health: Option<Health>,
    /// `0 of 1 ready`, an address, or the like.
    pub note: String,
}

/// The object that everything waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocking {
    /// Which object.
    pub object: ObjectName,
    /// `0 of 1 ready`.
    pub note: String,
    /// Which container, which event.
    pub reason: String,
    /// Seconds it has been waited for.
    pub waited: u64,
    /// Whether it will not get there by itself.
    pub stalled: bool,
}

/// An event of the cluster that touches the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// Whether it is a warning.
    pub warning: bool,
    /// Its reason, such as `Failed`.
    pub reason: String,
    /// What it is about, `pod/istio-pilot-…`.
    pub about: String,
    /// What was said.
    pub message: String,
    /// How often.
    pub count: u32,
    /// Seconds since it was last seen.
    pub age: u64,
}

/// A job, whole: small enough to be sent again with each change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// Its name.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// On what.
    pub at: ReleaseRef,
    /// With which chart.
    pub chart: Option<ChartRef>,
    /// How it stands.
    pub state: JobState,
    /// Its phases.
    pub phases: Vec<PhaseView>,
    /// What it waits for.
    pub blocking: Option<Blocking>,
    /// Events, newest first.
    pub events: Vec<EventView>,
    /// Who started it.
    pub by: String,
    /// Seconds since it was started.
    pub age: u64,
    /// Milliseconds it took so far.
    pub took: u64,
    /// Objects in place.
    pub in_place: u32,
    /// Objects there are.
    pub objects: u32,
}

/// A job among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRow {
    /// Its name.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// On what.
    pub at: ReleaseRef,
    /// How it stands.
    pub state: JobState,
    /// Seconds since it was started.
    pub age: u64,
    /// Milliseconds it took so far.
    pub took: u64,
}
