//! A mesh over several clusters: its members, its steps, and the plan of each step.
//!
//! A step is identified by its kind and its cluster; its state is read from the clusters each time, so the
//! work on a mesh can be interrupted at any point. Start at [`MeshView`].

mod candidate;
mod cleanup;
mod health;
mod mesh_traffic;
mod plan;
mod service;
mod topology;
mod traffic;
mod verdict;
mod verification;

pub use candidate::{
    MeshCandidate, MeshFinding, MeshOptionsView, MeshSelection, RangeKind, inspect,
};
pub use cleanup::{CleanupPlanView, CleanupRequest, CrdReleaseView, CrdView, MeshNamespaceView};
pub use health::{HealthRow, HealthView};
pub use mesh_traffic::{ClusterFlowView, MeshTrafficView, ServiceShareView, SummedServiceView};
pub use plan::{
    ChooseAddressRequest, CommandView, DiscoveredValue, InstallPlanView, JoinNetwork, JoinNetworks,
    MemberPlanView, MissingAddress, PlanNote, PlannedChange, PlannedObject, RepairRequest,
    Revealed, ServerAddress, StaysBecause, StepPlanView,
};
pub use service::{
    EndpointState, MissingEndpointView, PinView, RegisteredServiceView, ServiceDetailView,
    ServiceEndpointView, ServiceListView, ServiceRef, ServiceRow, ServiceSort, ServiceState,
    ServicesRequest, ServingClusterView,
};
pub use topology::{
    AccessView, ConnectionKind, ConnectionView, ElementIndex, ElementKind, JoiningTool, MemberView,
    MeshElement, MeshTopologyView, PartState, RegisteredView, TokenExpiry,
};
pub use traffic::{
    FlowPoint, FlowView, LatencyView, PrometheusRef, PrometheusSettingView, PrometheusView,
    SetPrometheusRequest, TrafficPlace, TrafficSource, TrafficView, UnreadProxy,
};
pub use verdict::MeshVerdict;
pub use verification::{
    ClusterSyncState, ClusterSyncView, Diagnosis, EndpointRegistry, EndpointView, PageContent,
    PageView, ServiceInClusterView, ServiceView, VerificationMessage, VerificationView,
};

use crate::{ClusterName, JobId, MeshName, Problem, release::ReleaseRef};
use serde::{Deserialize, Serialize};

/// Creates a mesh in the console; nothing on a cluster changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMeshRequest {
    /// The name of the mesh.
    pub name: String,
    /// The cluster with the control plane.
    pub primary: ClusterName,
    /// The remotes, in the order in which they join.
    pub remotes: Vec<ClusterName>,
    /// The version of `ack-istio` and `ack-istio-remote`: one of [`MeshOptionsView::istio`]. None for the charts of
    /// Istio 1.0.
    #[serde(default)]
    pub istio: Option<String>,
    /// Whether the operator accepts the warnings of [`inspect`].
    #[serde(default)]
    pub accepted: bool,
}

/// The kind of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// The doctor checks the clusters.
    Checks,
    /// `ack-istio` on the primary.
    ControlPlane,
    /// The reader in the remote, and the remote Secret in the primary.
    Join,
    /// `ack-istio-remote` on the remote, pointed at the primary. Before the join where istiod leads, else after it.
    RemoteChart,
    /// Bookinfo without details, on the primary.
    Sample,
    /// The details of Bookinfo, on the remote.
    Details,
    /// The mesh is verified.
    Verify,
}

/// A step of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepRef {
    /// The mesh.
    pub mesh: MeshName,
    /// The kind of the step.
    pub kind: StepKind,
    /// The cluster.
    pub cluster: ClusterName,
}

/// The state of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// An earlier step comes first.
    Pending,
    /// The step can run now.
    NextStep,
    /// A job is running.
    Running(JobId),
    /// The step is complete.
    Done,
    /// The step is complete, but another tool did it: the existing object.
    Existing(String),
    /// The step started and is not complete.
    Drifted(Problem),
    /// The cluster could not be read.
    Unknown(Problem),
}

impl StepState {
    /// Whether the step is complete.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Done | Self::Existing(_))
    }
}

/// A step with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// The step.
    pub step: StepRef,
    /// Its state.
    pub state: StepState,
    /// Whether the step may be executed although an earlier one is not complete.
    #[serde(default)]
    pub may_precede: bool,
    /// Whether the step is optional: the sample is not part of the mesh.
    pub optional: bool,
    /// The release of the step, of a bundle the leading one; none without one.
    pub release: Option<ReleaseRef>,
    /// Whether the step installs the releases of a bundle.
    pub is_bundle: bool,
    /// The last job of the step that failed, with its problem.
    pub failed: Option<(JobId, Problem)>,
    /// How long the step took, or is expected to take; none where no job says so.
    #[serde(default)]
    pub duration: Option<StepDuration>,
}

/// The duration of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepDuration {
    /// The milliseconds of the job that completed the step.
    Measured(u64),
    /// The milliseconds of the last job that did the same on any cluster; the step is not complete.
    Estimated(u64),
}

/// A row in the list of meshes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshRow {
    /// Its name.
    pub name: MeshName,
    /// The cluster with the control plane.
    pub primary: ClusterName,
    /// The remotes.
    pub remotes: Vec<ClusterName>,
    /// The number of complete steps; none while its clusters have not answered yet.
    pub done: Option<u32>,
    /// The number of steps.
    pub steps: u32,
    /// Its health, once it is known.
    pub health: Option<HealthRow>,
}

impl MeshRow {
    /// Whether all steps are known to be complete.
    pub fn is_complete(&self) -> bool {
        self.done == Some(self.steps)
    }
}

/// The page of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshView {
    /// The row of the mesh.
    pub row: MeshRow,
    /// The steps of the mesh, in order.
    pub steps: Vec<StepView>,
    /// The remotes whose release uses an address that is no longer current.
    pub drifted: Vec<DriftView>,
}

/// An address that a remote uses and that is no longer current.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftView {
    /// The remote.
    pub remote: ClusterName,
    /// The release that holds the address; none when the object of `command` holds it.
    pub release: Option<ReleaseRef>,
    /// The command that writes the current address where no release holds it.
    pub command: Option<CommandView>,
    /// The key in the values of the release.
    pub key: String,
    /// The address that the remote uses.
    pub used: String,
    /// The current address.
    pub good: String,
    /// Whether random values that the chart generated stay as they are: the seed is stored.
    pub seed_stored: bool,
}
