//! P19 for one cluster: whether the namespace is absent, active or terminating.

use super::{Finding, PreflightContext};
use crate::doctor::p19_namespace_state::judge;
use cluster::NamespaceState;

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let name = context.key.namespace.as_str();
    let finding = match context.cluster.namespace_state(name).await? {
        NamespaceState::Absent => judge(false, None),
        NamespaceState::Active => judge(true, None),
        NamespaceState::Terminating { held_by } => judge(true, Some(&held_by)),
    };
    Ok(finding.with("namespace", name))
}
