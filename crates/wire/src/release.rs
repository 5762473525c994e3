//! Releases: the list, the page of a release, and the plan of an uninstallation.

use crate::{
    BadName, ClusterName, JobId, MeshName, Namespace, ObjectName, Problem, ReleaseName, ReviewRef,
    Revision, Time,
    list::{Choice, ListRequest, ListView, Order, SortKey},
    test_result::TestRow,
};
use serde::{Deserialize, Serialize};

/// The states of a revision, as in Helm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseState {
    /// The state is unknown.
    Unknown,
    /// Deployed.
    Deployed,
    /// Uninstalled, with its history kept.
    Uninstalled,
    /// Replaced by a newer revision.
    Superseded,
    /// Failed.
    Failed,
    /// Being uninstalled.
    Uninstalling,
    /// Being installed.
    PendingInstall,
    /// Being upgraded.
    PendingUpgrade,
    /// Being rolled back.
    PendingRollback,
}

impl Choice for ReleaseState {
    const ALL: &'static [Self] = &[
        Self::Failed,
        Self::PendingInstall,
        Self::PendingUpgrade,
        Self::PendingRollback,
        Self::Uninstalling,
        Self::Deployed,
        Self::Superseded,
        Self::Uninstalled,
        Self::Unknown,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Deployed => "deployed",
            Self::Uninstalled => "uninstalled",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::Uninstalling => "uninstalling",
            Self::PendingInstall => "pending-install",
            Self::PendingUpgrade => "pending-upgrade",
            Self::PendingRollback => "pending-rollback",
        }
    }
}

/// The columns by which releases are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReleaseSort {
    /// By name.
    Name,
    /// By how well the name matches the words, the best first.
    Match,
    /// By cluster and namespace.
    Cluster,
    /// By the name and version of the chart.
    Chart,
    /// By the time of the last change.
    #[default]
    Changed,
    /// By state, failed releases first.
    State,
}

impl Choice for ReleaseSort {
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Match,
        Self::Cluster,
        Self::Chart,
        Self::Changed,
        Self::State,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Match => "match",
            Self::Cluster => "cluster",
            Self::Chart => "chart",
            Self::Changed => "changed",
            Self::State => "state",
        }
    }
}

impl SortKey for ReleaseSort {
    fn first_order(self) -> Order {
        match self {
            Self::Changed => Order::Descending,
            Self::Name | Self::Match | Self::Cluster | Self::Chart | Self::State => {
                Order::Ascending
            }
        }
    }
}

/// A window of the list of releases.
pub type ReleasesRequest = ListRequest<ReleaseSort, ReleaseState>;

/// A namespace of a cluster in which there are releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespaceRow {
    /// The namespace.
    pub namespace: Namespace,
    /// The number of its releases.
    pub releases: u32,
}

/// A reference to a release of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReleaseRef {
    /// The cluster.
    pub cluster: ClusterName,
    /// The namespace.
    pub namespace: Namespace,
    /// The name.
    pub release: ReleaseName,
}

impl std::str::FromStr for ReleaseRef {
    type Err = BadName;

    /// From `cluster/namespace/name`.
    fn from_str(text: &str) -> Result<Self, BadName> {
        let mut parts = text.splitn(3, '/').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Ok(Self {
            cluster: ClusterName::new(next())?,
            namespace: Namespace::new(next())?,
            release: ReleaseName::new(next())?,
        })
    }
}

impl std::fmt::Display for ReleaseRef {
    /// As `cluster/namespace/name`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{}/{}/{}",
            self.cluster, self.namespace, self.release
        )
    }
}

/// A release in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRow {
    /// The release.
    pub at: ReleaseRef,
    /// The newest revision.
    pub revision: Revision,
    /// The state of that revision.
    pub state: ReleaseState,
    /// The name and version of the chart, if the record could be read.
    pub chart: Option<String>,
    /// When it was last changed; none when the record could not be read.
    pub changed: Option<Time>,
    /// The job that is running for it.
    pub job: Option<JobId>,
    /// The mesh in which it is a remote with a stale control-plane address.
    pub drifted: Option<MeshName>,
}

/// All releases of all clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasesView {
    /// Each release, newest change first.
    pub rows: Vec<ReleaseRow>,
    /// The clusters whose releases are not current.
    pub unread: Vec<UnreadCluster>,
}

/// A window of the releases of all clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseListView {
    /// The rows.
    pub list: ListView<ReleaseRow, ReleaseState>,
    /// The number of releases whose charts were not read yet: the search and the order by chart miss them.
    pub unread_charts: u32,
    /// The clusters whose releases are not current.
    pub unread: Vec<UnreadCluster>,
}

/// A cluster whose releases are not current: the rows have the last known ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadCluster {
    /// The cluster.
    pub cluster: ClusterName,
    /// The problem of the last read; none while the cluster has not answered yet.
    pub problem: Option<Problem>,
    /// When the releases in the rows were read; none when they never were.
    pub read_at: Option<Time>,
}

/// The health of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Health {
    /// It is ready.
    Ready,
    /// It is in progress, for this reason.
    Waiting(String),
    /// It does not recover on its own, for this reason.
    Failed(String),
    /// It does not exist.
    Missing,
    /// It could not be read.
    Unknown(String),
}

impl Health {
    /// The order of lists: what needs attention comes first.
    pub fn severity(&self) -> u8 {
        match self {
            Self::Failed(_) => 0,
            Self::Missing => 1,
            Self::Unknown(_) => 2,
            Self::Waiting(_) => 3,
            Self::Ready => 4,
        }
    }
}

/// One object of a release, live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceView {
    /// The object.
    pub object: ObjectName,
    /// Its health.
    pub health: Health,
    /// A short status, such as `1 of 1 ready` or an address.
    pub note: String,
}

/// One revision of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionRow {
    /// The number.
    pub revision: Revision,
    /// The state.
    pub state: ReleaseState,
    /// The name and version of the chart.
    pub chart: String,
    /// When it was created.
    pub created: Option<Time>,
    /// The description that Helm wrote.
    pub description: String,
}

/// The page of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseView {
    /// The row of the list.
    pub row: ReleaseRow,
    /// The live objects.
    pub resources: Vec<ResourceView>,
    /// The values of the operator, as YAML.
    pub values: String,
    /// The rendered manifest; the values of Secrets are masked.
    pub manifest: String,
    /// NOTES.txt.
    pub notes: String,
    /// The revisions, newest first.
    pub history: Vec<RevisionRow>,
    /// The reason why the images of the chart do not support this cluster.
    pub objects_only: Option<String>,
    /// The newest version of the chart, when the only repository that has it has a newer one than the installed.
    pub newer: Option<String>,
    /// The tests of the newest revision, with their results.
    pub tests: Vec<TestRow>,
    /// The fields that it leaves to other field managers.
    #[serde(default)]
    pub left: Vec<LeftFieldRow>,
}

/// A field that a release leaves to another field manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftFieldRow {
    /// The object.
    pub object: ObjectName,
    /// The field.
    pub path: String,
    /// The field manager.
    pub manager: String,
}

/// Revokes the decision to leave a field to another manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeRequest {
    /// The release.
    pub at: ReleaseRef,
    /// The object.
    pub object: ObjectName,
    /// The field.
    pub path: String,
}

/// The plan of an uninstallation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UninstallView {
    /// What is shown, to delete exactly that.
    pub review: ReviewRef,
    /// The release.
    pub at: ReleaseRef,
    /// The objects that are deleted, in order.
    pub removed: Vec<ObjectName>,
    /// The objects that are kept, with the reason.
    pub kept: Vec<(ObjectName, KeepReason)>,
    /// The hooks, in order.
    pub hooks: Vec<ObjectName>,
    /// The number of objects that no longer exist.
    pub gone: u32,
    /// The CRDs that the release brought: kept, unless their deletion is chosen.
    pub crds: Vec<UninstallCrd>,
}

/// How a release brought a CRD that an uninstallation keeps unless its deletion is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CrdOrigin {
    /// In the chart's crds/ directory.
    Folder,
    /// As a hook `crd-install` of Helm 2.
    Hook,
    /// As a template with the annotation `helm.sh/resource-policy: keep`.
    Template,
}

/// A CRD that a release brought, in the plan of its uninstallation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UninstallCrd {
    /// Its name, such as `gateways.networking.istio.io`.
    pub name: String,
    /// The kind of its custom resources; empty when the CRD does not exist.
    pub kind: String,
    /// How the release brought it.
    pub origin: CrdOrigin,
    /// The number of its custom resources by namespace; "" for those without a namespace.
    pub resources: Vec<(String, u32)>,
    /// Why its deletion cannot be chosen.
    pub blocker: Option<CrdBlocker>,
}

/// Why the deletion of a CRD cannot be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CrdBlocker {
    /// It does not exist.
    Missing,
    /// Other releases bring it or have custom resources of it: `namespace/name` of each.
    UsedBy(Vec<String>),
    /// The records of these releases could not be read, or those of the cluster when there is none.
    UsageUnknown(Vec<String>),
    /// Its custom resources cannot be read, so they can be neither counted nor backed up: the reason.
    Unreadable(String),
}

/// The reason why an object is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeepReason {
    /// A CRD of the chart's crds/ directory, which Helm never deletes.
    Crd,
    /// It is annotated `helm.sh/resource-policy: keep`.
    Policy,
    /// It is owned by another release.
    NotOurs,
    /// The join of a mesh needs it, and owns it afterwards.
    Join,
    /// The namespace, which may contain other objects.
    Namespace,
}
