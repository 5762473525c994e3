//! Jobs: their kinds, subjects, phases and views.

mod list;
mod subject;

pub use list::{JobSort, JobStateName, JobsRequest};
pub use subject::{BundleRef, JobKind, MemberRef, Subject};

use crate::{
    ChartRef, Code, JobId, MeshName, ObjectName, Problem, ReleaseName, ReviewRef, Time,
    list::ListView, release::Health,
};
use serde::{Deserialize, Serialize};

/// The state of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobState {
    /// Running.
    Running,
    /// Succeeded.
    Succeeded,
    /// Failed.
    Failed(Problem),
    /// The console stopped while the job was running, after `step` of `steps`.
    Interrupted {
        /// Completed steps.
        step: u32,
        /// Total steps.
        steps: u32,
    },
}

impl JobState {
    /// Whether an operator stopped the job.
    pub fn is_stopped(&self) -> bool {
        matches!(self, Self::Failed(problem) if problem.code == Code::Cancelled)
    }
}

/// What is left of a job, planned again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeView {
    /// What is shown, to start exactly that.
    pub review: ReviewRef,
    /// The kind of the job.
    pub kind: JobKind,
    /// The subject of the job.
    pub subject: Subject,
    /// The phases with their objects.
    pub phases: Vec<PhaseView>,
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
    /// The injection webhook answers.
    InjectionWebhook,
    /// All objects become ready.
    Ready,
    /// Hooks run after the objects are ready or deleted.
    #[serde(alias = "HooksAfter")]
    PostHooks,
    /// The tests of the release run.
    Tests,
    /// Objects are deleted.
    Removal,
    /// The ServiceAccount that reads the remote cluster, its role and its namespace.
    Reader,
    /// The token of the ServiceAccount.
    Token,
    /// The remote Secret on the primary cluster.
    RemoteSecret,
    /// Each istiod registers all ready endpoints of the remote cluster.
    Endpoints,
    /// The selected objects are saved before their deletion.
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

/// The state of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhaseState {
    /// Not started.
    #[serde(alias = "ToCome")]
    Pending,
    /// Running.
    Running,
    /// Complete.
    Done,
    /// Failed.
    Failed,
    /// An operator stopped the job in it.
    Stopped,
}

/// One phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseView {
    /// Its name.
    pub name: PhaseName,
    /// The release that it belongs to, in a job on several releases.
    #[serde(default)]
    pub part: Option<ReleaseName>,
    /// Its state.
    pub state: PhaseState,
    /// The number of completed objects.
    pub done: u32,
    /// The total number of objects.
    #[serde(alias = "all")]
    pub total: u32,
    /// Its duration so far, in milliseconds.
    #[serde(alias = "took")]
    pub elapsed_ms: u64,
    /// Its objects.
    pub objects: Vec<JobObject>,
}

/// One object of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobObject {
    /// The object.
    pub object: ObjectName,
    /// Its health; none before its turn.
    pub health: Option<Health>,
    /// A note such as `0 of 1 ready` or an address.
    pub note: String,
}

/// The condition that a job waits for, other than the readiness of an object.
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
    /// The webhook injects a sidecar into a pod that is not stored.
    Injection,
    /// The job of another console on the release has ended, or its Lease has expired.
    LeaseEnd,
}

/// The object that a job waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocking {
    /// The object.
    pub object: ObjectName,
    /// A note such as `0 of 1 ready`.
    pub note: String,
    /// The reason of a container or an event.
    pub reason: String,
    /// The awaited condition; none for the readiness of the object.
    #[serde(default)]
    pub awaited: Option<Awaited>,
    /// The duration of the wait so far, in seconds.
    pub waited: u64,
    /// Whether the object will not recover on its own.
    pub stalled: bool,
}

/// An event of the cluster about an object of the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// Whether it is a warning.
    pub warning: bool,
    /// Its reason, such as `Failed`.
    pub reason: String,
    /// Its object, such as `pod/istio-pilot-…`.
    #[serde(alias = "about")]
    pub object: String,
    /// Its message.
    pub message: String,
    /// The number of occurrences.
    pub count: u32,
    /// Seconds since the latest occurrence.
    pub age: u64,
}

/// The last lines of a container of a hook's pod, as they were when the hook ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookLog {
    /// The hook.
    pub hook: ObjectName,
    /// The pod; empty when the pods could not be listed.
    pub pod: String,
    /// The container; empty when the pods could not be listed.
    pub container: String,
    /// The lines, or why they could not be read.
    pub text: Result<String, String>,
    /// Whether there may be earlier lines.
    pub is_cut: bool,
}

/// The complete view of a job, small enough to be sent again with each change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: JobKind,
    /// Its subject.
    #[serde(alias = "at")]
    pub subject: Subject,
    /// The mesh of which the job is a step.
    #[serde(default)]
    pub mesh: Option<MeshName>,
    /// Its chart.
    pub chart: Option<ChartRef>,
    /// Its state.
    pub state: JobState,
    /// Its phases.
    pub phases: Vec<PhaseView>,
    /// The object that it waits for.
    pub blocking: Option<Blocking>,
    /// Events, newest first.
    pub events: Vec<EventView>,
    /// Remarks that do not change its result.
    #[serde(default)]
    pub notes: Vec<JobNote>,
    /// The operator who started it.
    #[serde(alias = "by")]
    pub started_by: String,
    /// Seconds since the start.
    pub age: u64,
    /// Its duration so far, in milliseconds.
    #[serde(alias = "took")]
    pub elapsed_ms: u64,
    /// The number of completed objects.
    #[serde(alias = "in_place")]
    pub completed: u32,
    /// The total number of objects.
    pub objects: u32,
    /// The size of its backup in bytes; none without a backup.
    #[serde(default)]
    pub backup: Option<u32>,
    /// The number of logs of its hooks that are stored.
    #[serde(default)]
    pub logs: u32,
}

/// A remark about a job that does not change its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobNote {
    /// The text of the values, with its comments, is not kept beside the release.
    ValuesNotKept {
        /// The release.
        release: ReleaseName,
        /// Why.
        problem: Problem,
    },
    /// Other consoles do not see that the job works on the release, because the cluster refuses its Lease.
    NoLease {
        /// The release.
        release: ReleaseName,
        /// Why.
        problem: Problem,
    },
    /// The job took over the Lease of another one, which was not renewed any more.
    LeaseTakenOver {
        /// The release.
        release: ReleaseName,
        /// The job that held it.
        holder: String,
    },
}

/// A row in the list of jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: JobKind,
    /// Its subject.
    #[serde(alias = "at")]
    pub subject: Subject,
    /// Its state.
    pub state: JobState,
    /// When it started.
    pub started: Time,
    /// Its duration so far, in milliseconds.
    #[serde(alias = "took")]
    pub elapsed_ms: u64,
}

/// A window of the jobs.
pub type JobListView = ListView<JobRow, JobStateName>;

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!((view.started_by.as_str(), view.elapsed_ms), ("ann", 2));
        assert_eq!(view.subject.name(), "east");
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
