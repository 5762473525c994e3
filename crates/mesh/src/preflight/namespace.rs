//! P19 for one cluster: the namespace is absent or present, and not terminating.

use super::{Finding, PreflightContext};
use crate::doctor::p19_namespace_state::evaluate;
use cluster::NamespaceState;

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let name = context.key.namespace.as_str();
    let finding = match context.cluster().namespace_state(name).await? {
        NamespaceState::Absent => evaluate(name, false, None),
        NamespaceState::Active => evaluate(name, true, None),
        NamespaceState::Terminating { held_by } => evaluate(name, true, Some(&held_by)),
    };
    Ok(finding)
}
