//! What the control plane and the sample's page say of a mesh. Start at [`VerificationView`].

use super::StepKind;
use serde::{Deserialize, Serialize};

/// What the control plane and the page say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationView {
    /// What follows from it.
    pub diagnosis: Diagnosis,
    /// What the product page shows.
    pub page: PageView,
    /// Services of the sample, and who serves them from where.
    pub services: Vec<ServiceView>,
    /// How each instance of the control plane sees each cluster.
    pub seen: Vec<ClusterSyncView>,
}

/// What follows from everything that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Whether the mesh carries the sample.
    pub whole: bool,
    /// Which step is missing, when one is.
    pub missing: Option<StepKind>,
    /// What was seen, the most telling first.
    pub lines: Vec<VerificationMessage>,
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationMessage {
    /// The page shows the details.
    Joined,
    /// The sample is not there to be looked at.
    NoSample,
    /// The page does not answer; why.
    PageUnreachable(String),
    /// Service details is missing where its callers are.
    ServiceMissing,
    /// No pod of details is ready in any cluster.
    WorkloadMissing,
    /// The control plane does not know the endpoint.
    NotRegistered,
    /// The endpoint is known and does not answer.
    NotReachable,
    /// Every step is done; it needs some seconds.
    Settling,
    /// What is missing could not be found out; what is not known.
    Unknown(Vec<String>),
    /// The control plane does not follow a remote: which, and what was said.
    NotSynced(String, String),
    /// A remote refuses the token that is stored for it: which, and what it said.
    TokenRefused(String, String),
    /// Something about a remote could not be asked: which, and why.
    NotAsked(String, String),
}

/// What the product page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView {
    /// The status of `/api/v1/products/0`; none when it was not asked.
    pub status: Option<u16>,
    /// What it says; none when it was not asked.
    pub says: Option<PageContent>,
    /// Why it could not be asked.
    pub problem: Option<String>,
}

/// What the product page says where the details belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageContent {
    /// `Book Details`.
    Details,
    /// `Error fetching product details`.
    NoDetails,
    /// Neither.
    Other,
}

/// A service of the sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// Each cluster, the caller's first.
    pub places: Vec<ServiceInClusterView>,
}

/// A service in one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceInClusterView {
    /// The cluster, by its name here.
    pub cluster: String,
    /// Whether the Service is there.
    pub service: Option<bool>,
    /// Pods that are ready, and that are wanted; none when it could not be asked.
    pub pods: Option<(u32, u32)>,
    /// Its endpoints.
    pub endpoints: Vec<EndpointView>,
    /// What could not be asked, and why.
    pub unknown: Vec<String>,
}

/// An address that serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointView {
    /// The address.
    pub address: String,
    /// Whether its pod is ready.
    pub ready: bool,
    /// Whether the control plane knows it; none when it could not be asked.
    pub known: Option<bool>,
}

/// How one instance of the control plane sees one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSyncView {
    /// The pod; empty when all of them are meant.
    pub instance: String,
    /// The cluster, by its name in the mesh.
    pub cluster: String,
    /// What was seen.
    pub state: ClusterSyncState,
}

/// What a control plane shows of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterSyncState {
    /// Its own word: `synced`, `syncing`, `timeout`, `closed`.
    Says(String),
    /// So many endpoints of the cluster's own pods are registered.
    Registered(u32),
    /// It could not be asked; why.
    Unknown(String),
}
