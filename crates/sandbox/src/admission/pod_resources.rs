//! The resources that a pod requests, and those that limit it.
//!
//! Start at [`of_pod`].

use serde_json::Value;

use super::amount::Amounts;
use crate::object;
use crate::quantity::thousandths;

/// The requests or limits of a container, which `list` names.
pub(super) fn of_container(container: &Value, list: &str) -> Amounts {
    let amounts = container["resources"][list]
        .as_object()
        .into_iter()
        .flatten();
    amounts
        .filter_map(|(name, amount)| Some((name.clone(), thousandths(amount)?)))
        .collect()
}

/// The requests or limits of a pod: those of its containers together, or those of an init container
/// if they are greater.
pub(super) fn of_pod(pod: &Value, list: &str) -> Amounts {
    let mut total = Amounts::new();
    for container in object::items(pod, "/spec/containers") {
        add(&mut total, of_container(container, list));
    }
    let is_sidecar = |container: &&Value| container["restartPolicy"] == "Always";
    for container in object::items(pod, "/spec/initContainers").filter(is_sidecar) {
        add(&mut total, of_container(container, list));
    }
    for container in object::items(pod, "/spec/initContainers") {
        if is_sidecar(&container) {
            continue;
        }
        for (name, amount) in of_container(container, list) {
            let existing = total.entry(name).or_default();
            *existing = amount.max(*existing);
        }
    }
    total
}

fn add(total: &mut Amounts, amounts: Amounts) {
    for (name, amount) in amounts {
        *total.entry(name).or_default() += amount;
    }
}
