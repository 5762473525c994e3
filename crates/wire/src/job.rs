//! Jobs: what the console is carrying out, phase by phase.

use crate::{
    ChartRef, ClusterName, JobId, MeshName, ObjectName, Problem,
    release::{Health, ReleaseRef},
};
use serde::{Deserialize, Serialize};

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobKind {
    /// Installs a chart.
    Install,
    /// Gives a release its next revision.
    Upgrade,
    /// Takes a release away.
    Uninstall,
    /// Joins a remote to a primary.
    Join,
    /// Gives a remote's reader a new token.
    Rotate,
    /// Takes a remote out of its mesh.
    Leave,
    /// Deletes what a mesh left on a cluster.
    #[serde(alias = "Clear")]
    Cleanup,
}

/// A cluster as a member of a mesh: who is read, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemberRef {
    /// The cluster with the control plane.
    pub primary: ClusterName,
    /// The cluster that it reads.
    pub remote: ClusterName,
}

/// What a job works on; one job at a time does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// A release.
    Release(ReleaseRef),
    /// A cluster's place in a mesh.
    Member(MemberRef),
    /// A whole cluster: no other job is at work on it meanwhile.
    Cluster(ClusterName),
}

impl Subject {
    /// The cluster that it is about.
    pub fn cluster(&self) -> &ClusterName {
        match self {
            Self::Release(at) => &at.cluster,
            Self::Member(member) => &member.remote,
            Self::Cluster(cluster) => cluster,
        }
    }

    /// Whether something of this cluster is worked on.
    pub fn touches(&self, cluster: &ClusterName) -> bool {
        match self {
            Self::Release(at) => at.cluster == *cluster,
            Self::Member(member) => member.primary == *cluster || member.remote == *cluster,
            Self::Cluster(own) => own == cluster,
        }
    }

    /// Whether jobs on both may not run at the same time.
    pub fn clashes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Cluster(cluster), at) | (at, Self::Cluster(cluster)) => at.touches(cluster),
            _ => self == other,
        }
    }

    /// The release, when it is one.
    pub fn release(&self) -> Option<&ReleaseRef> {
        match self {
            Self::Release(at) => Some(at),
            Self::Member(_) | Self::Cluster(_) => None,
        }
    }

    /// What a person calls it: the release's name, the primary's, or the cluster's.
    pub fn name(&self) -> &str {
        match self {
            Self::Release(at) => at.release.as_str(),
            Self::Member(member) => member.primary.as_str(),
            Self::Cluster(cluster) => cluster.as_str(),
        }
    }
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
    /// The chart is rendered.
    Render,
    /// CRDs are created and become established.
    Crds,
    /// Hooks run before the objects are applied or deleted.
    #[serde(alias = "HooksBefore")]
    PreHooks,
    /// Namespaces, ServiceAccounts and RBAC objects are applied.
    Access,
    /// ConfigMaps, Secrets and Services are applied.
    Configuration,
    /// Workloads are applied.
    Workloads,
    /// Webhooks and objects of other kinds are applied.
    #[serde(alias = "Rest")]
    OtherResources,
    /// All objects become ready.
    Ready,
    /// Hooks run after the objects are ready or deleted.
    #[serde(alias = "HooksAfter")]
    PostHooks,
    /// Objects are deleted.
    Removal,
    /// The ServiceAccount that reads the remote cluster, its role and its namespace.
    Reader,
    /// The token of the ServiceAccount.
    Token,
    /// The remote Secret on the primary cluster.
    RemoteSecret,
    /// What is to be deleted is saved.
    Backup,
    /// Objects that the control plane created at run time are deleted.
    #[serde(alias = "RunTime")]
    RuntimeObjects,
    /// Custom resources are deleted.
    #[serde(alias = "DefinitionObjects")]
    CustomResources,
    /// CRDs are deleted.
    #[serde(alias = "Definitions")]
    CrdDeletion,
    /// Namespaces are deleted.
    Namespaces,
    /// The record of the release is saved.
    #[serde(alias = "Record")]
    SaveRelease,
}

/// How a phase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhaseState {
    /// It has not started.
    #[serde(alias = "ToCome")]
    Pending,
    /// It runs.
    Running,
    /// It is complete.
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

/// What is waited for when it is not an object's readiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Awaited {
    /// The cluster fills the token Secret.
    Token,
    /// The remote cluster accepts the token.
    #[serde(alias = "token-known")]
    TokenAccepted,
    /// The remote cluster refuses the deleted token.
    #[serde(alias = "token-forgotten")]
    TokenRevoked,
    /// The control plane has synced the remote cluster.
    #[serde(alias = "taken-up")]
    Synced,
    /// The object is deleted.
    #[serde(alias = "gone")]
    Deleted,
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
    /// What is waited for, when it is not the object's readiness.
    #[serde(default)]
    pub awaited: Option<Awaited>,
    /// Seconds it has been waited for.
    pub waited: u64,
    /// Whether it will not recover on its own.
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
    pub at: Subject,
    /// For which mesh, when it is a step of one.
    #[serde(default)]
    pub mesh: Option<MeshName>,
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
    /// The bytes of what it saved before it deleted anything; none when it saved nothing.
    #[serde(default)]
    pub backup: Option<u32>,
}

/// A job among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRow {
    /// Its name.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// On what.
    pub at: Subject,
    /// How it stands.
    pub state: JobState,
    /// Seconds since it was started.
    pub age: u64,
    /// Milliseconds it took so far.
    pub took: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_works_on_a_whole_cluster_is_alone_there() {
        let name = |name: &str| ClusterName::new(name).expect("a name");
        let cluster = Subject::Cluster(name("east"));
        let member = Subject::Member(MemberRef {
            primary: name("east"),
            remote: name("west"),
        });
        assert!(cluster.clashes(&member) && member.clashes(&cluster));
        assert!(cluster.clashes(&cluster) && member.clashes(&member));
        assert!(!cluster.clashes(&Subject::Cluster(name("west"))));
    }

    #[test]
    fn a_subject_is_read_as_it_was_written() {
        let cluster = Subject::Cluster(ClusterName::new("east").expect("a name"));
        let text = serde_json::to_string(&cluster).expect("a text");
        assert_eq!(text, "\"east\"");
        assert_eq!(
            serde_json::from_str::<Subject>(&text).expect("read"),
            cluster
        );
    }

    #[test]
    fn views_of_earlier_versions_are_readable() {
        let text = r#"{"id": "a1", "kind": "Clear", "at": "east", "mesh": "demo", "chart": null,
            "state": "Running", "events": [], "by": "ann", "age": 1, "took": 2, "in_place": 0,
            "objects": 1, "blocking": {"object": {"kind": "Gateway", "api_version": "v1",
            "namespace": "shop", "name": "web"}, "note": "", "reason": "", "awaited": "gone",
            "waited": 3, "stalled": false},
            "phases": [{"name": "RunTime", "state": "ToCome", "done": 0, "all": 1, "took": 0,
            "objects": []}, {"name": "HooksBefore", "state": "Done", "done": 0, "all": 0, "took": 0,
            "objects": []}]}"#;
        let view: JobView = serde_json::from_str(text).expect("readable");
        assert_eq!(view.kind, JobKind::Cleanup);
        let phases = view.phases.iter().map(|phase| (phase.name, phase.state));
        assert_eq!(
            phases.collect::<Vec<_>>(),
            [
                (PhaseName::RuntimeObjects, PhaseState::Pending),
                (PhaseName::PreHooks, PhaseState::Done)
            ]
        );
        let awaited = view.blocking.and_then(|blocking| blocking.awaited);
        assert_eq!(awaited, Some(Awaited::Deleted));
    }
}
