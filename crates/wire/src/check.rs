//! Checks of a mesh and of an installation: what was inspected and what was found.
//!
//! A check has a code and an ID ([`CheckCode`]). A finding has lines ([`Detail`]) and remedies
//! ([`Remedy`]); all of them are codes that the page words. Start at [`CheckView`].

mod code;
pub mod detail;
mod origin;
mod remedy;

pub use code::CheckCode;
pub use detail::{Detail, DetailCode};
pub use origin::RangeOrigin;
pub use remedy::Remedy;

use crate::{ClusterName, Problem};
use serde::{Deserialize, Serialize};

/// The result of a check, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckStatus {
    /// Nothing was found.
    Passed,
    /// The check does not apply, or facts are missing; the reason says which.
    Skipped,
    /// Information that needs no confirmation.
    Info,
    /// A finding that an operator has to accept.
    Warning,
    /// A finding that has to be fixed first.
    Failed,
}

/// Why a check was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// Facts are missing; the details say which and why.
    Unknown,
    /// The API server of a cluster does not answer, which [`CheckCode::ClusterReachable`] reports.
    ClusterUnreachable,
    /// The check applies to Istio 1.0 with Mixer only.
    MixerOnly,
    /// The check applies to Istio with istiod only.
    IstiodOnly,
    /// The check needs a remote cluster, and the mesh has none.
    NoRemote,
    /// The check needs several networks, and the mesh has one.
    OneNetwork,
    /// The check needs mutual TLS, which is off.
    MutualTlsOff,
    /// The mesh has no object that the check inspects.
    NotApplicable,
    /// The check applies to the removal of a mesh only.
    RemovalOnly,
}

/// The group that a page lists a check in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Permissions of the credentials.
    Access,
    /// The cluster itself.
    Cluster,
    /// Objects that conflict with the installation.
    Conflicts,
    /// Address ranges and connections between the clusters.
    Network,
    /// The reader of a remote and the name of the remote.
    Identity,
    /// Synchronization of the control plane with the remotes.
    Sync,
    /// Addresses of control planes and gateways.
    Addresses,
    /// Pods, Services and namespaces.
    Workloads,
    /// Root certificates, certificate chains and clocks.
    Certificates,
    /// Removal of a mesh.
    Removal,
}

/// The stages in which facts are gathered; the checks of a stage are reported when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The lists of objects of the clusters.
    Clusters,
    /// The remotes by their stored kubeconfigs, the permissions of the readers, and the joins.
    Remotes,
    /// The debug endpoints of the control planes and the product page of the sample.
    ControlPlanes,
    /// Connections tested by Jobs inside the clusters.
    Connectivity,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 4] = [
        Self::Clusters,
        Self::Remotes,
        Self::ControlPlanes,
        Self::Connectivity,
    ];
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// The check.
    pub code: CheckCode,
    /// The group that a page lists it in.
    pub group: Group,
    /// The result.
    pub status: CheckStatus,
    /// Why it was skipped, when it was.
    pub skipped: Option<SkipReason>,
    /// The arguments of its title and summary.
    pub args: Vec<(String, String)>,
    /// The lines of the finding.
    pub details: Vec<Detail>,
    /// The remedies, the most important first.
    pub remedies: Vec<Remedy>,
    /// The error that prevented the check.
    pub problem: Option<Problem>,
    /// The duration, in milliseconds.
    pub took: u32,
}

impl CheckView {
    /// The value of an argument, or "".
    pub fn arg(&self, name: &str) -> &str {
        let found = self.args.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// A request for a report of the doctor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorRequest {
    /// The clusters of the mesh; empty for all registered clusters.
    pub clusters: Vec<ClusterName>,
}

/// The report of the doctor about a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorView {
    /// The inspected clusters, the primaries first.
    pub clusters: Vec<String>,
    /// The generation of Istio: `mixer` or `istiod`.
    pub generation: String,
    /// The time of the report, in seconds since 1970.
    pub at: i64,
    /// The results, in the order of a page.
    pub checks: Vec<CheckView>,
}

impl DoctorView {
    /// The worst status of all checks.
    pub fn worst(&self) -> CheckStatus {
        let statuses = self.checks.iter().map(|check| check.status);
        statuses.max().unwrap_or(CheckStatus::Passed)
    }

    /// The number of checks with this status.
    pub fn count(&self, status: CheckStatus) -> usize {
        let checks = self.checks.iter();
        checks.filter(|check| check.status == status).count()
    }
}
