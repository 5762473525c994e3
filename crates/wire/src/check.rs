//! Checks: what was looked at before something is done or all the time, and what was found.
//!
//! A check has a code and an id ([`CheckCode`]); what to do about it is a code too ([`Remedy`]). Start
//! at [`CheckView`].

mod code;
mod remedy;

pub use code::CheckCode;
pub use remedy::Remedy;

use crate::{ClusterName, Problem};
use serde::{Deserialize, Serialize};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing to say.
    Passed,
    /// It does not apply here or could not be carried out, and the detail says why.
    Skipped,
    /// Worth knowing; nothing to accept.
    Noted,
    /// Worth knowing; has to be accepted.
    Warning,
    /// Must be mended first.
    Blocked,
}

/// Why a check was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// Facts could not be had; the lines say which and why.
    Unknown,
    /// It is about the old line.
    LegacyOnly,
    /// It is about today's line.
    TodayOnly,
    /// It is about one cluster joining another, and none does.
    NoRemote,
    /// It is about several networks, and there is one.
    OneNetwork,
    /// No control plane is installed.
    NotInstalled,
    /// It is about mutual TLS, which is off.
    NoMutualTls,
    /// There is nothing of what it looks at.
    NothingThere,
    /// It is about a removal.
    RemovalOnly,
}

/// Where a check belongs on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Who may do what.
    Access,
    /// What the cluster is.
    Cluster,
    /// What stands in the way.
    Conflicts,
    /// Ranges and ways between the clusters.
    Network,
    /// Who reads the remote, and under which name.
    Identity,
    /// Whether the control plane follows the remotes.
    Sync,
    /// Where everybody is dialled.
    Addresses,
    /// Pods, Services and namespaces.
    Workloads,
    /// Roots, chains and clocks.
    Certificates,
    /// Taking a mesh away.
    Removal,
}

/// How much of what checks read is there: the doctor asks in these steps, and tells the checks of each
/// before it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// What the clusters list.
    Clusters,
    /// What each remote says to its stored kubeconfig and the reader in it, and which joins there are.
    Remotes,
    /// What the control planes and the sample's page answer.
    Answers,
    /// What Jobs in the clusters reach.
    Ways,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Clusters, Self::Remotes, Self::Answers, Self::Ways];
}

/// One check that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// Which one.
    pub code: CheckCode,
    /// Its place on the page.
    pub group: Group,
    /// How it ended.
    pub verdict: Verdict,
    /// Why it was not carried out, when it was not.
    pub skipped: Option<SkipReason>,
    /// The arguments of its sentences.
    pub args: Vec<(String, String)>,
    /// What was found, a line each, naming objects.
    pub found: Vec<String>,
    /// What to do, first things first.
    pub remedies: Vec<Remedy>,
    /// What kept it from being carried out.
    pub problem: Option<Problem>,
    /// How long it took, in milliseconds.
    pub took: u32,
}

impl CheckView {
    /// The value of an argument, or "".
    pub fn arg(&self, name: &str) -> &str {
        let found = self.args.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// Asks the doctor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorRequest {
    /// Which clusters are one mesh; empty for all that are registered.
    pub clusters: Vec<ClusterName>,
}

/// What the doctor says of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorView {
    /// The clusters that were looked at, the primaries first.
    pub clusters: Vec<String>,
    /// `legacy` or `today`.
    pub line: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Every check, in the order in which a person reads them.
    pub checks: Vec<CheckView>,
}

impl DoctorView {
    /// The worst verdict of all.
    pub fn worst(&self) -> Verdict {
        let verdicts = self.checks.iter().map(|check| check.verdict);
        verdicts.max().unwrap_or(Verdict::Passed)
    }

    /// How many checks ended that way.
    pub fn count(&self, verdict: Verdict) -> usize {
        let checks = self.checks.iter();
        checks.filter(|check| check.verdict == verdict).count()
    }
}
