//! The progress of a job: one event for releases, mesh members and the cleanup of a cluster.
//!
//! A job goes through phases. In each phase objects are applied or deleted; between them one object, or
//! all of them, are waited for. A log may contain secrets: it is stored encrypted, and is no part of a view.

use cluster::{KubernetesEvent, ObjectRef, Readiness};
use wire::job::{Awaited, HookLog, JobNote, PhaseName};

/// One step of progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A phase starts, or goes on.
    Started(PhaseName),
    /// An object of a phase is done.
    ObjectDone {
        /// The phase.
        phase: PhaseName,
        /// The object.
        object: ObjectRef,
        /// What was done to it.
        outcome: Outcome,
    },
    /// One object is waited for.
    Waiting {
        /// The object.
        object: ObjectRef,
        /// The condition that it has to meet.
        reason: WaitReason,
    },
    /// The readiness of all objects that are waited for, and the events of the cluster about them.
    Status(Vec<(ObjectRef, Readiness)>, Vec<KubernetesEvent>),
    /// The log of a container of a hook that has ended.
    Log(HookLog),
    /// A phase is complete.
    Finished(PhaseName),
    /// A remark that does not change the result.
    Note(JobNote),
}

/// What was done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was applied, whether it existed or not.
    Applied,
    /// A hook ran to its end.
    Completed,
    /// It was created.
    Created,
    /// It existed and became part of a mesh member.
    Adopted,
    /// It was changed.
    Updated,
    /// It was deleted and created again.
    Replaced,
    /// Nothing had to be done.
    Unchanged,
    /// It was deleted.
    Deleted,
    /// The console's labels were removed from it.
    LabelsRemoved,
}

/// The condition that an object has to meet, and what prevents it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitReason {
    /// The condition.
    pub awaited: Awaited,
    /// What prevents it, such as finalizers; empty when that is not known.
    pub detail: String,
}

impl From<Awaited> for WaitReason {
    fn from(awaited: Awaited) -> Self {
        Self {
            awaited,
            detail: String::new(),
        }
    }
}
