//! The built-in admission of objects: limit ranges and quotas of their namespaces.
//!
//! Start at [`mutate`] and [`check`].

mod amount;
mod limit_range;
mod pod_resources;
mod quota;

use serde_json::Value;

use crate::api_status::ApiStatus;
use crate::cluster::State;
use crate::kinds::Kind;
use crate::object;

pub(crate) use limit_range::fill as fill_limit_range;
pub(crate) use quota::status as quota_status;

/// Sets the default resources of a new pod.
pub(crate) fn mutate(state: &State, kind: &Kind, object: &mut Value) {
    if kind.id == "pods" {
        for range in ranges(state, object) {
            limit_range::set_defaults(&range, object);
        }
    }
}

/// Checks a new object against the limit ranges and quotas of its namespace.
pub(crate) fn check(state: &State, kind: &Kind, object: &Value) -> Result<(), ApiStatus> {
    if !kind.namespaced {
        return Ok(());
    }
    let refuse = |detail: &str| ApiStatus::forbidden(kind, object::name(object), detail);
    if matches!(kind.id.as_str(), "pods" | "persistentvolumeclaims") {
        for range in ranges(state, object) {
            limit_range::check(&range, kind, object).map_err(|detail| refuse(&detail))?;
        }
    }
    quota::check(state, kind, object).map_err(|detail| refuse(&detail))
}

/// The limit ranges of the namespace of an object.
fn ranges(state: &State, object: &Value) -> Vec<std::sync::Arc<Value>> {
    state
        .objects
        .list("limitranges", Some(object::namespace(object)))
}
