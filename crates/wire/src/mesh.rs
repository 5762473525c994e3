//! A mesh over clusters: who is in it, the steps to it and back, and what each of them would do.
//!
//! A step is named by its kind and the cluster on which it acts; how it stands is read from the clusters
//! each time, so a mesh can be left and taken up again at any point. Start at [`MeshView`].

mod cleanup;
mod health;
mod plan;
mod verification;

pub use cleanup::{CleanupPlanView, CleanupRequest, CrdReleaseView, CrdView, MeshNamespaceView};
pub use health::{HealthRow, HealthView};
pub use plan::{
    ChooseAddressRequest, CommandView, FoundValue, InstallPlanView, JoinNetwork, JoinNetworks,
    MemberPlanView, MissingAddress, PlanNote, PlannedChange, PlannedObject, Revealed,
    ServerAddress, StaysBecause, StepPlanView,
};
pub use verification::{
    ClusterSyncState, ClusterSyncView, Diagnosis, EndpointView, PageContent, PageView,
    ServiceInClusterView, ServiceView, VerificationMessage, VerificationView,
};

use crate::{ClusterName, JobId, MeshName, Problem, release::ReleaseRef};
use serde::{Deserialize, Serialize};

/// Begins a mesh; nothing on a cluster changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMeshRequest {
    /// Its name here.
    pub name: String,
    /// The cluster with the control plane.
    pub primary: ClusterName,
    /// The clusters that it reads, in the order in which they join.
    pub remotes: Vec<ClusterName>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// The doctor looks at the clusters.
    Checks,
    /// `ack-istio` on the primary.
    ControlPlane,
    /// The remote's reader, and the Secret on the primary.
    Join,
    /// `ack-istio-remote` on the remote, pointed at the primary.
    RemoteChart,
    /// Bookinfo without its details, on the primary.
    Sample,
    /// Bookinfo's details, on the remote.
    Details,
    /// The control plane and the page are asked.
    Verify,
}

/// One step of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepRef {
    /// Of which mesh.
    pub mesh: MeshName,
    /// What it does.
    pub kind: StepKind,
    /// On which cluster.
    pub cluster: ClusterName,
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// An earlier one comes first.
    Later,
    /// It can be done now.
    Due,
    /// A job is at it.
    Running(JobId),
    /// It holds.
    Done,
    /// It holds, and it was not the console that brought it about: what was found.
    Found(String),
    /// It was begun and does not hold.
    Broken(Problem),
    /// Its cluster could not be asked.
    Unknown(Problem),
}

impl StepState {
    /// Whether what the step is for is there.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Done | Self::Found(_))
    }
}

/// A step among the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// Which one.
    pub step: StepRef,
    /// How it stands.
    pub state: StepState,
    /// Whether it may be left out: the sample is not the mesh.
    pub optional: bool,
    /// The release that it makes, when it makes one.
    pub release: Option<ReleaseRef>,
    /// The job that tried it last and did not bring it about, and why.
    pub failed: Option<(JobId, Problem)>,
}

/// A mesh among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshRow {
    /// Its name.
    pub name: MeshName,
    /// The cluster with the control plane.
    pub primary: ClusterName,
    /// The clusters that it reads.
    pub remotes: Vec<ClusterName>,
    /// Steps that hold.
    pub done: u32,
    /// Steps there are.
    pub steps: u32,
    /// How it is, once that is known.
    pub health: Option<HealthRow>,
}

/// A mesh's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshView {
    /// Its row.
    pub row: MeshRow,
    /// The steps to it, in order.
    pub steps: Vec<StepView>,
    /// Remotes whose release points at an address that is no longer good.
    pub drifted: Vec<DriftView>,
}

/// An address that changed under a remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftView {
    /// Which remote.
    pub remote: ClusterName,
    /// Its release, which says so.
    pub release: ReleaseRef,
    /// The key of its values.
    pub key: String,
    /// What the release says.
    pub used: String,
    /// What is good now.
    pub good: String,
}
