//! The topology of a mesh: its members with their elements, and the connections between them.
//!
//! Start at [`MeshTopologyView`].

use crate::{ClusterName, Time, cluster::Role};
use serde::{Deserialize, Serialize};

/// The topology of a mesh, as the last complete checks found it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshTopologyView {
    /// The members, the primary first.
    pub members: Vec<MemberView>,
    /// The connections between elements of members.
    pub connections: Vec<ConnectionView>,
}

/// How well a part of the mesh works. The order is from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartState {
    /// It works.
    Ready,
    /// Nothing is known about it.
    Unknown,
    /// It works in part.
    Warning,
    /// It does not work.
    Failed,
    /// The API server that would know does not answer.
    Unreachable,
}

/// A cluster of the mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Its name in the console.
    pub cluster: ClusterName,
    /// Its role in the mesh.
    pub role: Role,
    /// The state of its worst element, and of the connections to it.
    pub state: PartState,
    /// Its network; empty for the default.
    pub network: String,
    /// The version of Kubernetes; none when unknown.
    pub kubernetes: Option<String>,
    /// The pod CIDRs.
    pub pods: Vec<String>,
    /// The version of its control plane; none without one.
    pub istio: Option<String>,
    /// The versions of its proxies, sorted.
    pub proxies: Vec<String>,
    /// Its elements.
    pub elements: Vec<MeshElement>,
    /// The endpoints of this cluster at each instance of the control plane.
    pub registered: Vec<RegisteredView>,
    /// How the control plane reads it; none for the primary.
    pub access: Option<AccessView>,
    /// The days until the first of its root and signing certificates expires; none when unknown.
    pub certificate_days: Option<i64>,
}

/// The endpoints of a remote at an instance of the control plane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredView {
    /// The pod of the instance.
    pub instance: String,
    /// The endpoints that it has registered; none when unknown.
    pub registered: Option<u32>,
    /// The endpoints that the remote has ready; none when they were not compared.
    pub ready: Option<u32>,
}

/// How a control plane reads a remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessView {
    /// The URL of the API server in the remote Secret.
    pub server: String,
    /// The name of the remote Secret; none before the join.
    pub secret: Option<String>,
    /// When the token of the reader expires; none when unknown.
    pub token: Option<TokenExpiry>,
    /// The address at which its proxies reach the control plane; empty when unknown.
    pub control_plane: String,
    /// The tool that joined the remote.
    pub joined_by: JoiningTool,
    /// The ServiceAccount whose token is stored; none when unknown.
    pub reader: Option<String>,
    /// When the Secret of that token was created; none when unknown.
    pub token_created: Option<Time>,
}

/// The tool that joined a remote to its primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JoiningTool {
    /// The console joined it, or has adopted it.
    Console,
    /// `istioctl create-remote-secret`.
    Istioctl,
    /// Scripts with kubectl, such as those for Istio 1.0.
    Scripts,
    /// A tool that the console does not recognise.
    Other,
}

/// When a token expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenExpiry {
    /// It is valid until its Secret is deleted.
    Never,
    /// It expires.
    At(Time),
}

/// An element of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshElement {
    /// What it is.
    pub kind: ElementKind,
    /// Its state.
    pub state: PartState,
}

/// What an element is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElementKind {
    /// The control plane.
    ControlPlane {
        /// `istiod` or `Pilot`.
        name: String,
        /// The version.
        version: String,
        /// The ready and the desired pods.
        pods: (u32, u32),
    },
    /// The Service of a gateway.
    Gateway {
        /// The name of the Service.
        name: String,
        /// Its external address; none while it has none.
        address: Option<String>,
        /// The ready pods, and all.
        pods: (u32, u32),
    },
    /// The workloads with a proxy.
    Workloads {
        /// The Services with such workloads.
        services: u32,
        /// The ready pods with a proxy, and all.
        pods: (u32, u32),
    },
    /// The API server.
    ApiServer {
        /// Its host and port.
        address: String,
    },
}

/// An element of a member: the index of the member, and that of the element.
pub type ElementIndex = (usize, usize);

/// A connection between elements of two members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionView {
    /// Where it begins.
    pub from: ElementIndex,
    /// Where it leads.
    pub to: ElementIndex,
    /// What it carries.
    pub kind: ConnectionKind,
    /// Its state.
    pub state: PartState,
}

/// What a connection carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionKind {
    /// The control plane reads the API server with the token of a remote Secret: the instances that have synced it, and
    /// all; none when they do not say.
    RemoteSecret(Option<(u32, u32)>),
    /// Proxies get their configuration at this address.
    Xds(String),
}
