//! The eviction of a pod, which its disruption budget may refuse.
//!
//! Start at [`evict`].

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{ResolvedTarget, json_response};
use crate::api_status::ApiStatus;
use crate::cluster::State;
use crate::object;
use crate::request::ApiRequest;
use crate::selector;
use crate::write::{self, DeleteOptions};

const BUDGETS: &str = "poddisruptionbudgets.policy";

/// Evicts a pod.
pub(super) fn evict(
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let pod = resolved.find(state)?;
    let body = request.object().unwrap_or_default();
    let mut options = DeleteOptions::read(&body["deleteOptions"]);
    options.dry_run |= request.is_dry();
    if !is_free(&pod) {
        check_budget(state, &pod, options.dry_run)?;
    }
    write::delete(state, &resolved.kind, &pod, &options)?;
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201,
    });
    Ok(json_response(StatusCode::CREATED, &status))
}

/// Whether a pod is evicted without regard to budgets: it ended, ends or has not started.
fn is_free(pod: &Value) -> bool {
    object::is_terminating(pod)
        || matches!(
            object::text(pod, "/status/phase"),
            "Succeeded" | "Failed" | "Pending"
        )
}

/// Checks the budget of a pod, and takes one disruption from it.
fn check_budget(state: &mut State, pod: &Value, dry_run: bool) -> Result<(), ApiStatus> {
    let mut budgets = state.objects.list(BUDGETS, Some(object::namespace(pod)));
    budgets.retain(|budget| {
        let selector = &budget["spec"]["selector"];
        !selector.is_null() && selector::selector_matches(selector, &pod["metadata"]["labels"])
    });
    let budget = match budgets.as_slice() {
        [] => return Ok(()),
        [budget] => budget,
        _ => {
            return Err(ApiStatus::internal(
                "This pod has more than one PodDisruptionBudget, which the eviction subresource \
                 does not support.",
            ));
        }
    };
    let is_ready = object::items(pod, "/status/conditions")
        .any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
    if !is_ready && ignores_unready(budget) {
        return Ok(());
    }
    let number = |pointer: &str| object::number(budget, pointer).unwrap_or(0);
    let name = object::name(budget);
    if number("/status/observedGeneration") < number("/metadata/generation") {
        let cause = format!("The disruption budget {name} is still being processed by the server.");
        return Err(refused(&cause));
    }
    let allowed = number("/status/disruptionsAllowed");
    if allowed <= 0 {
        let cause = format!(
            "The disruption budget {name} needs {} healthy pods and has {} currently",
            number("/status/desiredHealthy"),
            number("/status/currentHealthy")
        );
        return Err(refused(&cause));
    }
    if !dry_run {
        take_disruption(state, budget, allowed - 1);
    }
    Ok(())
}

/// Whether the policy of a budget allows to evict a pod that is not ready.
fn ignores_unready(budget: &Value) -> bool {
    let number = |pointer: &str| object::number(budget, pointer).unwrap_or(0);
    let desired = number("/status/desiredHealthy");
    object::text(budget, "/spec/unhealthyPodEvictionPolicy") == "AlwaysAllow"
        || desired > 0 && number("/status/currentHealthy") >= desired
}

fn take_disruption(state: &mut State, budget: &Arc<Value>, left: i64) {
    let mut taken = budget.as_ref().clone();
    taken["status"]["disruptionsAllowed"] = json!(left);
    state.objects.put(BUDGETS, taken);
}

fn refused(cause: &str) -> ApiStatus {
    ApiStatus {
        code: 429,
        reason: "TooManyRequests",
        message: "Cannot evict pod as it would violate the pod's disruption budget.".to_owned(),
        details: json!({"causes": [{"reason": "DisruptionBudget", "message": cause}]}),
    }
}
