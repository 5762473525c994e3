//! The verification of a mesh through its control plane and the sample. Start at [`VerificationView`].

use super::StepKind;
use serde::{Deserialize, Serialize};

/// The report of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationView {
    /// The component of the control plane in which endpoints are registered.
    pub registry: EndpointRegistry,
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// The product page.
    pub page: PageView,
    /// The Services of the sample by cluster.
    pub services: Vec<ServiceView>,
    /// The state of each cluster in each instance of the control plane.
    pub seen: Vec<ClusterSyncView>,
}

/// The component of a control plane in which the endpoints of its clusters are registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointRegistry {
    /// Pilot, of Istio 1.0.
    Pilot,
    /// istiod.
    Istiod,
}

impl EndpointRegistry {
    /// Its name, as Istio writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pilot => "Pilot",
            Self::Istiod => "istiod",
        }
    }
}

/// The diagnosis of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Whether the mesh is healthy.
    pub whole: bool,
    /// The missing step, if there is one.
    pub missing: Option<StepKind>,
    /// The messages, the most important first.
    pub lines: Vec<VerificationMessage>,
}

/// A message of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationMessage {
    /// The page shows the details.
    Joined,
    /// The sample is not installed.
    NoSample,
    /// The product page does not respond; the reason.
    PageUnreachable(String),
    /// Service details is missing in the caller's cluster.
    ServiceMissing,
    /// No pod of details is ready in any cluster.
    WorkloadMissing,
    /// The control plane has not registered the endpoint.
    NotRegistered,
    /// The endpoint is registered but not reachable.
    NotReachable,
    /// Everything is in place and settles within seconds.
    Settling,
    /// The diagnosis failed; the unknown facts.
    Unknown(Vec<String>),
    /// The control plane does not sync a remote: the remote and the reason.
    NotSynced(String, String),
    /// A remote rejects its stored token: the remote and its message.
    TokenRefused(String, String),
    /// A part of a remote could not be verified: the remote and the reason.
    NotAsked(String, String),
}

/// The product page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView {
    /// The status of `/api/v1/products/0`; none when unknown.
    pub status: Option<u16>,
    /// The content; none when unknown.
    pub says: Option<PageContent>,
    /// The reason why it is unknown.
    pub problem: Option<String>,
}

/// The content of the product page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageContent {
    /// `Book Details`.
    Details,
    /// `Error fetching product details`.
    NoDetails,
    /// Other content.
    Other,
}

/// A Service of the sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// The clusters, the caller's first.
    pub places: Vec<ServiceInClusterView>,
}

/// A Service of the sample in one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceInClusterView {
    /// The name of the cluster in the console.
    pub cluster: String,
    /// Whether the Service exists.
    pub service: Option<bool>,
    /// The ready and the desired pods; none when unknown.
    pub pods: Option<(u32, u32)>,
    /// The endpoints.
    pub endpoints: Vec<EndpointView>,
    /// The reasons of the unknown parts.
    pub unknown: Vec<String>,
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointView {
    /// The address.
    pub address: String,
    /// Whether its pod is ready.
    pub ready: bool,
    /// Whether the control plane has registered it; none when unknown.
    pub known: Option<bool>,
}

/// The state of a cluster in one instance of the control plane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSyncView {
    /// The pod; empty for all pods.
    pub instance: String,
    /// The ID of the cluster in the mesh.
    pub cluster: String,
    /// The state.
    pub state: ClusterSyncState,
}

/// The state of a cluster in a control plane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterSyncState {
    /// The state that istiod reports: `synced`, `syncing`, `timeout`, `closed`.
    Says(String),
    /// The number of registered endpoints of the cluster's pods.
    Registered(u32),
    /// The state is unknown; the reason.
    Unknown(String),
}
