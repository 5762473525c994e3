//! The Services of a mesh: which cluster serves each, and which endpoints each istiod has registered.
//!
//! Start at [`ServiceDetailView`]; [`ServiceListView`] is the list to choose from.

use super::traffic::{PrometheusSettingView, TrafficView};
use crate::{
    ClusterName, MeshName, Namespace, ServiceName, Time,
    check::CheckView,
    list::{Choice, ListRequest, ListView, Order, SortKey},
};
use serde::{Deserialize, Serialize};

/// A Service of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ServiceRef {
    /// The mesh.
    pub mesh: MeshName,
    /// The namespace, which is the same in all clusters.
    pub namespace: Namespace,
    /// The name.
    pub service: ServiceName,
}

/// The state of a Service in the whole mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceState {
    /// An istiod lacks ready endpoints, and a later reading confirmed it.
    Missing,
    /// No cluster has a ready endpoint.
    NoEndpoints,
    /// The cluster that may have its endpoints could not be read.
    Unknown,
    /// Endpoints are ready, and no istiod is known to lack one.
    Ready,
}

impl Choice for ServiceState {
    const ALL: &'static [Self] = &[Self::Missing, Self::NoEndpoints, Self::Unknown, Self::Ready];

    fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NoEndpoints => "no-endpoints",
            Self::Unknown => "unknown",
            Self::Ready => "ready",
        }
    }
}

/// The columns by which Services are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceSort {
    /// By name.
    Name,
    /// By namespace, then by name.
    #[default]
    Namespace,
    /// By the number of ready endpoints.
    Endpoints,
    /// By state, those that lack endpoints first.
    State,
}

impl Choice for ServiceSort {
    const ALL: &'static [Self] = &[Self::Name, Self::Namespace, Self::Endpoints, Self::State];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Namespace => "namespace",
            Self::Endpoints => "endpoints",
            Self::State => "state",
        }
    }
}

impl SortKey for ServiceSort {
    fn first_order(self) -> Order {
        match self {
            Self::Endpoints => Order::Descending,
            Self::Name | Self::Namespace | Self::State => Order::Ascending,
        }
    }
}

/// A window of the Services of a mesh.
pub type ServicesRequest = ListRequest<ServiceSort, ServiceState>;

/// Who pinned a Service: its proxies are sampled all the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinView {
    /// The operator.
    pub by: String,
    /// When it was pinned.
    pub at: Time,
}

impl PinView {
    /// The Services of a mesh that can be pinned.
    pub const MAX_PINNED: usize = 10;
}

/// The Services of a mesh, as its last complete checks found them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceListView {
    /// When the clusters were read; none before the first checks have ended.
    pub read: Option<Time>,
    /// The clusters that could not be read, each with the reason.
    pub unread: Vec<(ClusterName, String)>,
    /// The clusters of the mesh.
    pub members: Vec<ClusterName>,
    /// The Prometheus server of the mesh; none when none is set.
    pub prometheus: Option<PrometheusSettingView>,
    /// The window.
    pub list: ListView<ServiceRow, ServiceState>,
}

/// A Service in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The clusters that have it, each with its ready endpoints.
    pub clusters: Vec<(ClusterName, u32)>,
    /// The ready endpoints in all clusters.
    pub ready: u32,
    /// The state.
    pub state: ServiceState,
    /// Who pinned it; none when it is not pinned.
    pub pinned: Option<PinView>,
    /// The requests per second of its sampled proxies; none when they are not sampled, or not compared yet.
    pub requests: Option<f64>,
}

/// A Service of a mesh.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceDetailView {
    /// The Service.
    pub at: ServiceRef,
    /// When the clusters were read; none before the first checks have ended.
    pub read: Option<Time>,
    /// Its state; none before the first checks have ended.
    pub state: Option<ServiceState>,
    /// Its ports, such as `http 9080/TCP`.
    pub ports: Vec<String>,
    /// The members of the mesh, the primary first.
    pub clusters: Vec<ServingClusterView>,
    /// The checks that found something about this Service, with that alone.
    pub checks: Vec<CheckView>,
    /// Who pinned it; none when it is not pinned.
    pub pinned: Option<PinView>,
    /// The requests between the clusters.
    pub traffic: TrafficView,
}

/// A cluster of the mesh, and how it serves a Service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServingClusterView {
    /// The cluster.
    pub cluster: ClusterName,
    /// The type and the address of the Service, such as `ClusterIP 10.96.14.7`; none where it does not exist.
    pub service: Option<String>,
    /// Why the cluster could not be read.
    pub unread: Option<String>,
    /// The ready endpoints.
    pub ready: u32,
    /// The endpoints that are not ready.
    pub not_ready: u32,
    /// The endpoints whose pod is being deleted.
    pub terminating: u32,
    /// The endpoints: at most [`ServingClusterView::MAX_ENDPOINTS`], those that are not ready first.
    pub endpoints: Vec<ServiceEndpointView>,
    /// What each instance of the control plane has registered of this cluster.
    pub registered: Vec<RegisteredServiceView>,
}

impl ServingClusterView {
    /// The endpoints of a cluster that a view contains.
    pub const MAX_ENDPOINTS: usize = 50;
}

/// The state of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointState {
    /// It is not ready.
    NotReady,
    /// Its pod is being deleted.
    Terminating,
    /// It is ready.
    Ready,
}

/// An endpoint of a Service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEndpointView {
    /// The address and the ports, such as `10.20.0.7:9080`.
    pub address: String,
    /// The pod; none when no pod has the address.
    pub pod: Option<String>,
    /// Whether the pod has a proxy.
    pub proxy: bool,
    /// The state.
    pub state: EndpointState,
}

/// What an instance of the control plane has registered of a Service in one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredServiceView {
    /// The pod of the instance.
    pub instance: String,
    /// The registered addresses; none when unknown.
    pub registered: Option<u32>,
    /// The ready addresses that are not registered, each with the time of the first reading that found it.
    pub missing: Vec<MissingEndpointView>,
    /// Why the number is not known.
    pub unread: Option<String>,
}

/// A ready endpoint that an instance of the control plane has not registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingEndpointView {
    /// The address and the port.
    pub address: String,
    /// The pod; none when no pod has the address.
    pub pod: Option<String>,
    /// The first reading that found the difference.
    pub since: Time,
    /// Whether a later reading confirmed it.
    pub confirmed: bool,
}
