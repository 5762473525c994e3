//! What happens while a plan is carried out, told as it happens.

use cluster::{KubernetesEvent, ObjectRef, Readiness};

/// A part of the work, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
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

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A phase begins.
    Started(Phase),
    /// An object was accepted, or taken away.
    ObjectDone(Phase, ObjectRef),
    /// A phase ended well.
    PhaseDone(Phase),
    /// How the objects stand while they are waited for.
    Status(Vec<(ObjectRef, Readiness)>, Vec<KubernetesEvent>),
}
