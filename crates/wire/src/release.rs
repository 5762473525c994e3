//! Releases: their list, their page, and what taking one away would do.

use crate::{ClusterName, JobId, MeshName, Namespace, ObjectName, Problem, ReleaseName, Revision};
use serde::{Deserialize, Serialize};

/// Helm's states of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseState {
    /// Helm could not tell.
    Unknown,
    /// In place.
    Deployed,
    /// Taken away, its history kept.
    Uninstalled,
    /// Replaced by a newer revision.
    Superseded,
    /// Not carried out.
    Failed,
    /// Being taken away.
    Uninstalling,
    /// Being installed.
    PendingInstall,
    /// Being upgraded.
    PendingUpgrade,
    /// Being rolled back.
    PendingRollback,
}

/// Which release, of which cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReleaseRef {
    /// On which cluster.
    pub cluster: ClusterName,
    /// In which namespace.
    pub namespace: Namespace,
    /// Its name.
    pub release: ReleaseName,
}

/// A release among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRow {
    /// Which one.
    pub at: ReleaseRef,
    /// Its newest revision.
    pub revision: Revision,
    /// That revision's state.
    pub state: ReleaseState,
    /// The chart's name and version, when the record could be read.
    pub chart: Option<String>,
    /// Seconds since it was last changed.
    pub age: u64,
    /// The job that works on it.
    pub job: Option<JobId>,
    /// The mesh of which it is a remote that points at an address that is good no more.
    pub drifted: Option<MeshName>,
}

/// All releases of all clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasesView {
    /// Each release, newest change first.
    pub rows: Vec<ReleaseRow>,
    /// Clusters that could not be asked, and why.
    pub unread: Vec<(ClusterName, Problem)>,
}

/// How an object is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Health {
    /// It is ready.
    Ready,
    /// It is on its way, and this is what it waits for.
    Waiting(String),
    /// It will not get there by itself, and this is why.
    Failed(String),
    /// It is not there.
    Missing,
    /// It could not be asked.
    Unknown(String),
}

/// One object of a release, live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceView {
    /// Which object.
    pub object: ObjectName,
    /// How it is.
    pub health: Health,
    /// Seconds since it was made.
    pub age: Option<u64>,
    /// `1 of 1 ready`, an address, or the like.
    pub note: String,
}

/// One revision of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionRow {
    /// Its number.
    pub revision: Revision,
    /// Its state.
    pub state: ReleaseState,
    /// The chart's name and version.
    pub chart: String,
    /// Seconds since it was made.
    pub age: u64,
    /// What Helm wrote about it.
    pub description: String,
}

/// A release's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseView {
    /// Its row.
    pub row: ReleaseRow,
    /// Its objects, live.
    pub resources: Vec<ResourceView>,
    /// What the operator set, as YAML.
    pub values: String,
    /// What was rendered; the values of Secrets are masked.
    pub manifest: String,
    /// NOTES.txt.
    pub notes: String,
    /// Its revisions, newest first.
    pub history: Vec<RevisionRow>,
    /// Said when the chart's images cannot run on this cluster.
    pub objects_only: Option<String>,
}

/// What taking a release away would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UninstallView {
    /// Which one.
    pub at: ReleaseRef,
    /// What goes, in order.
    pub removed: Vec<ObjectName>,
    /// What stays, and why.
    pub kept: Vec<(ObjectName, Kept)>,
    /// Hooks that run, in order.
    pub hooks: Vec<ObjectName>,
    /// What is gone already.
    pub gone: u32,
}

/// Why an object stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kept {
    /// A definition of the chart's crds/ folder: Helm never removes those.
    Crd,
    /// It is annotated `helm.sh/resource-policy: keep`.
    Policy,
    /// It belongs to another release by now.
    NotOurs,
    /// The namespace, which may hold more.
    Namespace,
}
