//! The plans of steps, rotations and leaves. Start at [`StepPlanView`].

use super::{JoiningTool, StepRef};
use crate::{
    ClusterName, DraftId, MeshName, ObjectName, Problem, ReviewRef, Secret,
    check::CheckCode,
    install::{DiffLine, ReviewView},
};
use serde::{Deserialize, Serialize};

/// The plan of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepPlanView {
    /// The step.
    pub step: StepRef,
    /// The draft and its review, for an installation.
    pub install: Option<InstallPlanView>,
    /// What is shown, to execute exactly that; none when it cannot be executed.
    pub review: Option<ReviewRef>,
    /// The objects that are created or updated, in order.
    pub objects: Vec<PlannedObject>,
    /// The candidate addresses of the remote's API server, for a join.
    pub addresses: Vec<ServerAddress>,
    /// The networks of the clusters, for a join.
    pub networks: Option<JoinNetworks>,
    /// The notes for the operator.
    pub notes: Vec<PlanNote>,
    /// The equivalent commands.
    pub commands: Vec<CommandView>,
    /// The problem that blocks it.
    pub problem: Option<Problem>,
}

/// The plan of a rotation or a leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberPlanView {
    /// What is shown, to execute exactly that; none when it is blocked.
    pub review: Option<ReviewRef>,
    /// The remote.
    pub remote: ClusterName,
    /// The objects that are created, updated or deleted, in order.
    pub objects: Vec<PlannedObject>,
    /// The notes for the operator.
    pub notes: Vec<PlanNote>,
    /// The problem that blocks it.
    pub problem: Option<Problem>,
}

/// A remedy that restarts workloads or labels namespaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairRequest {
    /// The mesh.
    pub mesh: MeshName,
    /// The cluster on which it is executed.
    pub cluster: ClusterName,
    /// The check whose finding names what is repaired.
    pub check: CheckCode,
}

/// The plan of an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallPlanView {
    /// The draft.
    pub draft: DraftId,
    /// The review of the draft; none when the chart does not render yet.
    pub review: Option<ReviewView>,
    /// The discovered values.
    pub found: Vec<DiscoveredValue>,
}

/// A value that was discovered on a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveredValue {
    /// The key in the chart's values, `global.remotePilotAddress`.
    pub key: String,
    /// The address; empty when none was found.
    pub value: String,
    /// The object that has the address.
    pub source: Option<ObjectName>,
    /// The age of that object in seconds.
    pub age: u64,
    /// Whether it is the address of a pod, which changes with the pod.
    pub pod: bool,
    /// The host name of the load balancer that the address was resolved from.
    #[serde(default)]
    pub host: Option<String>,
    /// The public addresses of that object that every source may dial.
    #[serde(default)]
    pub exposed: Vec<String>,
    /// The key that has to be true for the chart to use the address.
    pub enable_key: Option<String>,
    /// The reason why no address was found.
    pub missing: Option<MissingAddress>,
}

/// Why a component has no address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingAddress {
    /// No Service and no pod of the primary runs the component.
    NothingThere,
    /// A gateway or load balancer has no address yet.
    BalancerPending(ObjectName),
    /// The load balancer has a host name only, which cannot be resolved now.
    Unresolved {
        /// The Service.
        service: ObjectName,
        /// The host name.
        host: String,
        /// Why it has no address.
        reason: String,
    },
    /// No pod is ready; the number of pods.
    NoPodReady(u32),
}

/// A candidate address of a remote's API server for the kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAddress {
    /// `https://host:port`.
    pub address: String,
    /// The sources of the address.
    pub sources: Vec<String>,
    /// Whether it is a loopback address.
    pub loopback: bool,
    /// The name in the server's certificate, when it differs from the address.
    pub known_as: Option<String>,
    /// The error of the console's connection; none when the server responded.
    pub refused: Option<String>,
    /// Whether the plan uses the address.
    pub chosen: bool,
}

/// The networks of the two clusters of a join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JoinNetworks {
    /// Istio 1.0 knows one network only: no label is written.
    OneOnly,
    /// The networks of primary and remote; the join labels namespaces without a network.
    Named(Vec<JoinNetwork>),
}

/// The network of one cluster of a join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinNetwork {
    /// The cluster.
    pub cluster: ClusterName,
    /// The network; "" without one.
    pub name: String,
    /// Whether its namespace has the label already; else the operator is asked.
    pub labelled: bool,
}

/// Chooses the address at which the primary reaches a remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseAddressRequest {
    /// The join.
    pub step: StepRef,
    /// `https://host:port`.
    pub address: String,
}

/// A note for the operator about a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanNote {
    /// The adoption of a join that this tool made changes labels and annotations only.
    AdoptsMarksOnly(JoiningTool),
    /// The remote has joined already, with this ID.
    KnownAs(String),
    /// A second key joins the same remote: its endpoints are duplicated.
    JoinedTwice(String),
    /// The server's address is a loopback address, which a control plane elsewhere cannot dial.
    Loopback(String),
    /// The reader may read every Secret of the remote.
    ReadsSecrets,
    /// The reader's role allows more than the control plane needs: its name and those rights.
    ExcessRights(String, Vec<String>),
    /// The remote rejects the stored kubeconfig; its message.
    StoredIsRefused(String),
    /// The remote Secret is deleted and created again: meanwhile no endpoint of the remote is known.
    Gap,
    /// The kubeconfig is written again, so that the control plane reads the annotation of the namespace.
    ReadAgain,
    /// Existing namespaces get these networks; running proxies keep theirs until they restart.
    NetworkOnRestart(Vec<String>),
    /// The version of istiod is unknown: releases before 1.30 close the old connection first.
    NoGapOnNewVersions,
    /// istiod of this version keeps the old connection until the new one is synced.
    NoGap(String),
    /// istiod of this version has no endpoint of the remote for so many seconds.
    GapOfVersion(String, u32),
    /// istiod of this version may lose the endpoints of the remote until it is restarted.
    LosesEndpoints(String),
    /// istiod is restarted.
    RestartsIstiod,
    /// The stored token belongs to no Secret; when it expires, in seconds since 1970, or never.
    TokenWithoutSecret(Option<i64>),
    /// A Service of the primary with endpoints in the remote: its name, the number of endpoints in the
    /// remote, and the number in the primary.
    Depends(String, u32, u32),
    /// The number of pods of the remote with a sidecar, which lose their control plane.
    Injected(u32),
    /// The dependent Services are unknown; the reason.
    DependsUnknown(String),
    /// An object that stays, with the reason.
    Stays(ObjectName, StaysBecause),
}

/// Why an object is kept when a cluster leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaysBecause {
    /// The object belongs to this Helm release.
    OfRelease(String),
    /// The control planes with these IDs still use the object.
    LedByOthers(Vec<String>),
    /// The object may have other users.
    Shared,
    /// The object contains the keys of other clusters.
    OtherKeys(Vec<String>),
}

/// The change of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlannedChange {
    /// The object is created.
    Create,
    /// The object of another tool is adopted.
    Adopt,
    /// The object is updated.
    Update,
    /// The object does not change.
    Keep,
    /// The object is deleted.
    Delete,
}

/// An object of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedObject {
    /// The cluster.
    pub cluster: ClusterName,
    /// The object.
    pub object: ObjectName,
    /// The change.
    pub change: PlannedChange,
    /// The previous owners: field managers, a Helm release.
    pub held_by: Vec<String>,
    /// The missing or changed parts, a line each.
    pub details: Vec<String>,
    /// The resulting object; Secrets are masked.
    pub lines: Vec<DiffLine>,
}

/// The revealed kubeconfig, after a line in the audit: the only response with a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revealed {
    /// The kubeconfig with which a primary reads a remote.
    pub kubeconfig: Secret<String>,
}

/// Equivalent commands for one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandView {
    /// The cluster.
    pub cluster: ClusterName,
    /// The commands for a shell.
    pub text: String,
}
