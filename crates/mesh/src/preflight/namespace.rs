//! P19, asked of one cluster: is the namespace absent, there, or on its way out?

use super::{Finding, PreflightContext};
use crate::doctor::p19_namespace_state::judge;
use cluster::NamespaceState;

pub(super) async fn look(ground: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let name = ground.place.namespace.as_str();
    let finding = match ground.cluster.namespace_state(name).await? {
        NamespaceState::Absent => judge(false, None),
        NamespaceState::Active => judge(true, None),
        NamespaceState::Terminating { held_by } => judge(true, Some(&held_by)),
    };
    Ok(finding.with("namespace", name))
}
