//! Node selectors and node affinity.
//!
//! Start at [`matches`].

use serde_json::Value;

use crate::object;

/// Whether a node matches the node selector and the required node affinity of a pod.
pub(super) fn matches(pod: &Value, node: &Value) -> bool {
    let labels = &node["metadata"]["labels"];
    let mut selector = object::pairs(pod, "/spec/nodeSelector");
    if !selector.all(|(key, value)| labels[key] == value) {
        return false;
    }
    let required =
        &pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    let mut terms = object::items(required, "/nodeSelectorTerms");
    required.is_null() || terms.any(|term| matches_term(term, node))
}

/// The sum of the weights of the preferred terms that a node matches.
pub(super) fn preference(pod: &Value, node: &Value) -> i64 {
    let preferred = "/spec/affinity/nodeAffinity/preferredDuringSchedulingIgnoredDuringExecution";
    object::items(pod, preferred)
        .filter(|term| matches_term(&term["preference"], node))
        .filter_map(|term| term["weight"].as_i64())
        .sum()
}

/// Whether a node matches all requirements of a term; an empty term matches no node.
fn matches_term(term: &Value, node: &Value) -> bool {
    let labels = &node["metadata"]["labels"];
    let mut requirements = object::items(term, "/matchExpressions")
        .map(|requirement| {
            (
                requirement,
                labels[object::text(requirement, "/key")].as_str(),
            )
        })
        .chain(
            object::items(term, "/matchFields")
                .map(|requirement| (requirement, Some(object::name(node)))),
        )
        .peekable();
    requirements.peek().is_some()
        && requirements.all(|(requirement, value)| meets(requirement, value))
}

fn meets(requirement: &Value, value: Option<&str>) -> bool {
    let is_listed = || object::items(requirement, "/values").any(|listed| listed.as_str() == value);
    let number = |text: &str| text.parse::<i64>().ok();
    let bound = || number(object::text(requirement, "/values/0"));
    match object::text(requirement, "/operator") {
        "In" => value.is_some() && is_listed(),
        "NotIn" => !is_listed(),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => value
            .and_then(number)
            .zip(bound())
            .is_some_and(|(value, bound)| value > bound),
        "Lt" => value
            .and_then(number)
            .zip(bound())
            .is_some_and(|(value, bound)| value < bound),
        _ => false,
    }
}
