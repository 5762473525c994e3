//! A mesh over clusters: who is in it, the steps to it and back, and what each of them would do.
//!
//! A step is named by its kind and the cluster on which it acts; how it stands is read from the clusters
//! each time, so a mesh can be left and taken up again at any point. Start at [`MeshView`].

use crate::{
    ClusterName, DraftId, JobId, MeshName, ObjectName, Problem,
    check::DoctorView,
    install::{DiffLine, ReviewView},
    release::ReleaseRef,
};
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
    /// It was begun and does not hold.
    Broken(Problem),
    /// Its cluster could not be asked.
    Unknown(Problem),
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
    /// The key of its values.
    pub key: String,
    /// What the release says.
    pub used: String,
    /// What is good now.
    pub good: String,
}

/// What a step would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepPlanView {
    /// Which one.
    pub step: StepRef,
    /// An installation: the draft that is deployed, and its review.
    pub install: Option<InstallPlanView>,
    /// Objects that are made or changed one by one, in order.
    pub objects: Vec<PlannedObject>,
    /// Where the remote's API server could be found, for the join.
    pub addresses: Vec<ServerAddress>,
    /// The doctor's word, for the checks.
    pub doctor: Option<DoctorView>,
    /// What has to be known before it is done.
    pub notes: Vec<PlanNote>,
    /// The same by hand.
    pub commands: Vec<CommandView>,
    /// Why it cannot be done.
    pub problem: Option<Problem>,
}

/// What a rotation or a leave would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPlanView {
    /// The remote.
    pub remote: ClusterName,
    /// Objects that are made, changed or deleted, in order.
    pub objects: Vec<PlannedObject>,
    /// What has to be known before it is done.
    pub notes: Vec<PlanNote>,
    /// Why it cannot be done.
    pub problem: Option<Problem>,
}

/// An installation as a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallPlanView {
    /// The draft.
    pub draft: DraftId,
    /// What deploying it would do; none when it cannot be rendered yet.
    pub review: Option<ReviewView>,
    /// Values that were found out.
    pub found: Vec<FoundValue>,
}

/// A value that was found out on a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundValue {
    /// The key in the chart's values, `global.remotePilotAddress`.
    pub key: String,
    /// The address; empty when nothing was found.
    pub value: String,
    /// The object that it was read from.
    pub source: Option<ObjectName>,
    /// Seconds since that object was made.
    pub age: u64,
    /// Whether it is a pod's own address, lost when the pod is.
    pub pod: bool,
    /// The switch without which the chart does not use it.
    pub switch: Option<String>,
    /// Why nothing was found.
    pub missing: Option<MissingAddress>,
}

/// Why an address was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingAddress {
    /// Nothing on the primary serves it.
    NothingThere,
    /// A gateway or balancer is there and has no address yet.
    BalancerPending(ObjectName),
    /// So many pods are there, and none is ready.
    NoPodReady(u32),
}

/// An address of a remote's API server that could stand in the kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAddress {
    /// `https://host:port`.
    pub address: String,
    /// Where it was read, in the cluster's own terms.
    pub sources: Vec<String>,
    /// Whether it leads to whoever dials it.
    pub loopback: bool,
    /// What the console met when it dialled it; none when the server answered as it should.
    pub refused: Option<String>,
    /// Whether it is the one that the plan uses.
    pub chosen: bool,
}

/// Chooses the address by which the primary is to reach a remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseAddressRequest {
    /// Which join.
    pub step: StepRef,
    /// `https://host:port`.
    pub address: String,
}

/// What has to be known before a step is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanNote {
    /// The remote has joined already, under this name.
    KnownAs(String),
    /// The remote is joined a second time, under this name: its endpoints are doubled.
    JoinedTwice(String),
    /// The server's address is this machine's own: a control plane elsewhere cannot dial it.
    Loopback(String),
    /// The reader may read every Secret of the remote.
    ReadsSecrets,
    /// The remote says no to the stored kubeconfig; its words.
    StoredIsRefused(String),
    /// The Secret is deleted and made again: meanwhile no endpoint of the remote is known.
    Gap,
    /// The kubeconfig's bytes change, so that the control plane reads the namespace's annotation.
    ReadAgain,
    /// Versions from before 2026 stop following first and start again.
    NoGapOnNewVersions,
    /// The stored token is of no Secret and ends by itself: at that second since 1970, or never.
    TokenWithoutSecret(Option<i64>),
    /// A Service of the primary has so many endpoints in the remote, and so many at home.
    Depends(String, u32, u32),
    /// So many pods of the remote have a sidecar that no control plane will know.
    Injected(u32),
    /// What depends on it could not be found out; why.
    DependsUnknown(String),
    /// An object stays, and why.
    Stays(ObjectName, StaysBecause),
}

/// Why an object stays when a cluster leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaysBecause {
    /// A Helm release brought it and takes it away: its name.
    OfRelease(String),
    /// Control planes of these names still lead the cluster with it.
    LedByOthers(Vec<String>),
    /// Others may live in it, or use it.
    Shared,
    /// It holds other clusters' keys too.
    OtherKeys(Vec<String>),
}

/// What happens to an object of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlannedChange {
    /// It is made.
    Create,
    /// It is there, made by somebody else, and is taken over.
    Adopt,
    /// It is changed.
    Update,
    /// It is there as it should be.
    Keep,
    /// It is deleted.
    Delete,
}

/// An object of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedObject {
    /// On which cluster.
    pub cluster: ClusterName,
    /// Which object.
    pub object: ObjectName,
    /// What happens to it.
    pub change: PlannedChange,
    /// Who wrote it before: field managers, a Helm release.
    pub held_by: Vec<String>,
    /// What it lacks or what changes, a line each, in the cluster's words.
    pub what: Vec<String>,
    /// The object as it will be; Secrets are masked.
    pub lines: Vec<DiffLine>,
}

/// Commands that do the same, on one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandView {
    /// On which cluster.
    pub cluster: ClusterName,
    /// For a shell.
    pub text: String,
}

/// What the control plane and the page say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictView {
    /// When, in seconds since 1970.
    pub at: i64,
    /// What follows from it.
    pub diagnosis: Diagnosis,
    /// What the product page shows.
    pub page: PageView,
    /// Services of the sample, and who serves them from where.
    pub services: Vec<ServiceView>,
    /// How each instance of the control plane sees each cluster.
    pub seen: Vec<SeenView>,
}

/// What follows from everything that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Whether the mesh carries the sample.
    pub whole: bool,
    /// Which step is missing, when one is.
    pub missing: Option<StepKind>,
    /// What was seen, the most telling first.
    pub lines: Vec<VerdictLine>,
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictLine {
    /// The page shows the details.
    Joined,
    /// The sample is not there to be looked at.
    NoSample,
    /// The page does not answer; why.
    PageSilent(String),
    /// Service details is missing where its callers are.
    ServiceMissing,
    /// No pod of details is ready in any cluster.
    WorkloadMissing,
    /// The control plane does not know the endpoint.
    NotRegistered,
    /// The endpoint is known and does not answer.
    NotReachable,
    /// Every step is done; it needs some seconds.
    Patience,
    /// What is missing could not be found out; what is not known.
    Undecided(Vec<String>),
    /// The control plane does not follow a remote: which, and what was said.
    NotTakenUp(String, String),
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
    pub says: Option<PageSays>,
    /// Why it could not be asked.
    pub problem: Option<String>,
}

/// What the product page says where the details belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageSays {
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
    pub places: Vec<PlaceView>,
}

/// A service in one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceView {
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
pub struct SeenView {
    /// The pod; empty when all of them are meant.
    pub instance: String,
    /// The cluster, by its name in the mesh.
    pub cluster: String,
    /// What was seen.
    pub state: SeenState,
}

/// What a control plane shows of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeenState {
    /// Its own word: `synced`, `syncing`, `timeout`, `closed`.
    Says(String),
    /// So many endpoints of the cluster's own pods are registered.
    Registered(u32),
    /// It could not be asked; why.
    Unknown(String),
}
