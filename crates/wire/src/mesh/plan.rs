//! What a step, a rotation or a leave would do. Start at [`StepPlanView`].

use super::StepRef;
use crate::{
    ClusterName, DraftId, ObjectName, Problem, Secret,
    install::{DiffLine, ReviewView},
};
use serde::{Deserialize, Serialize};

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
    /// Which networks the clusters are on, for the join.
    pub networks: Option<JoinNetworks>,
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
    /// The name by which its certificate knows it, where that does not name the address.
    pub known_as: Option<String>,
    /// What the console met when it dialled it; none when the server answered as it should.
    pub refused: Option<String>,
    /// Whether it is the one that the plan uses.
    pub chosen: bool,
}

/// Which networks the two clusters of a join are on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JoinNetworks {
    /// The line knows one network only: no label is written.
    OneOnly,
    /// The primary's and the remote's; the join labels the namespaces that do not say theirs.
    Named(Vec<JoinNetwork>),
}

/// The network of one cluster of a join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinNetwork {
    /// Which cluster.
    pub cluster: ClusterName,
    /// Its network's name; "" when it has none.
    pub name: String,
    /// Whether its namespace says so already; else a person is asked.
    pub labelled: bool,
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
    /// Namespaces that are there already get these networks; proxies keep theirs until they restart.
    NetworkOnRestart(Vec<String>),
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

/// What a person asked for by name, after the audit had its line: the one answer that carries a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revealed {
    /// The kubeconfig by which a primary reads a remote.
    pub kubeconfig: Secret<String>,
}

/// Commands that do the same, on one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandView {
    /// On which cluster.
    pub cluster: ClusterName,
    /// For a shell.
    pub text: String,
}
