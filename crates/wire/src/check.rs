//! Checks: what was looked at before something is done, and what was found.

use crate::Problem;
use serde::{Deserialize, Serialize};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// Nothing to say.
    Passed,
    /// It does not apply here, and the detail says why.
    Skipped,
    /// Worth knowing; has to be accepted.
    Warning,
    /// Must be mended first.
    Blocked,
}

/// Which check it is; the page words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckCode {
    /// The API server answers. `version`.
    ServerAnswers,
    /// These images can run on that Kubernetes. `version`, `newest`.
    RunsHere,
    /// The credential may write every kind of the manifest. `kinds`, `missing`.
    Rights,
    /// The namespace is absent, present or Terminating. `namespace`, `state`, `held`.
    NamespaceState,
    /// No release has that name. `release`.
    NameFree,
    /// No webhook is left over that would hold up pods (P20). `webhooks`.
    LeftoverWebhooks,
    /// No CRD of another line stands in the way (P21). `crds`.
    LeftoverCrds,
    /// No CRD is being deleted (P22). `crds`.
    TerminatingCrds,
    /// No object of the manifest belongs to somebody else (P23). `objects`.
    Ownership,
    /// Requests fit on the nodes (P25). `cpu`, `memory`, `cpu_free`, `memory_free`.
    Capacity,
}

/// Where a check belongs on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Group {
    /// Who may do what.
    Access,
    /// What the cluster is.
    Cluster,
    /// What stands in the way.
    Conflicts,
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
    /// The arguments of its sentence.
    pub args: Vec<(String, String)>,
    /// What was found, a line each.
    pub found: Vec<String>,
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
