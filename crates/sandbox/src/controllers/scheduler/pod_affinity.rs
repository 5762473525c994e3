//! Affinity and anti-affinity between pods.
//!
//! The domains of the other pods are collected once for a pod. Start at [`PodAffinity::check`].

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::filter::Misfit;
use crate::cluster::State;
use crate::node_usage::NodeUsage;
use crate::object;
use crate::selector::selector_matches;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

/// A topology: the label of nodes, and some of its values.
type Domains = (String, BTreeSet<String>);

/// What the other pods of a cluster mean for one pod.
#[derive(Debug)]
pub(super) struct PodAffinity {
    /// The domains with the pods that each term of affinity demands; `None` if any domain will do.
    demanded: Vec<(String, Option<BTreeSet<String>>)>,
    /// The domains with pods that the pod avoids.
    avoided: Vec<Domains>,
    /// The domains with pods that keep the pod away.
    forbidden: Vec<Domains>,
}

impl PodAffinity {
    pub(super) fn new(state: &State, usage: &NodeUsage, pod: &Value) -> Self {
        let demanded = terms(pod, "podAffinity").map(|term| {
            let found = domains(state, term, pod);
            let is_first = found.1.is_empty() && selects(state, term, pod, pod);
            (found.0, (!is_first).then_some(found.1))
        });
        let avoided = terms(pod, "podAntiAffinity").map(|term| domains(state, term, pod));
        let (demanded, avoided) = (demanded.collect(), avoided.collect());
        let mut forbidden = Vec::new();
        for other in usage
            .exclusive_pods()
            .filter_map(|key| state.objects.get_key(key))
        {
            for term in terms(&other, "podAntiAffinity") {
                if selects(state, term, &other, pod) {
                    let key = object::text(term, "/topologyKey");
                    let value = domain(state, &other, key).into_iter().collect();
                    forbidden.push((key.to_owned(), value));
                }
            }
        }
        Self {
            demanded,
            avoided,
            forbidden,
        }
    }

    pub(super) fn check(&self, node: &Value) -> Result<(), Misfit> {
        let value = |key: &str| node["metadata"]["labels"][key].as_str();
        let is_missing = |(key, domains): &(String, Option<BTreeSet<String>>)| {
            value(key).is_none_or(|value| {
                domains
                    .as_ref()
                    .is_some_and(|domains| !domains.contains(value))
            })
        };
        let is_in =
            |(key, domains): &Domains| value(key).is_some_and(|value| domains.contains(value));
        if self.demanded.iter().any(is_missing) {
            return Err(Misfit::unresolvable(
                "node(s) didn't match pod affinity rules",
            ));
        }
        if self.avoided.iter().any(is_in) {
            return Err(Misfit::resolvable(
                "node(s) didn't match pod anti-affinity rules",
            ));
        }
        if self.forbidden.iter().any(is_in) {
            let reason = "node(s) didn't satisfy existing pods anti-affinity rules";
            return Err(Misfit::resolvable(reason));
        }
        Ok(())
    }
}

fn terms<'a>(pod: &'a Value, affinity: &str) -> impl Iterator<Item = &'a Value> {
    object::items(&pod["spec"]["affinity"][affinity], &format!("/{REQUIRED}"))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The domains of the pods on nodes that a term selects.
fn domains(state: &State, term: &Value, pod: &Value) -> Domains {
    let key = object::text(term, "/topologyKey");
    let selected = state.objects.entries("pods").map(|entry| &entry.object);
    let values = selected
        .filter(|other| is_placed(other) && selects(state, term, pod, other))
        .filter_map(|other| domain(state, other, key));
    (key.to_owned(), values.collect())
}

/// Whether a pod is on a node and has not ended.
pub(super) fn is_placed(pod: &Arc<Value>) -> bool {
    !object::text(pod, "/spec/nodeName").is_empty()
        && !matches!(object::text(pod, "/status/phase"), "Succeeded" | "Failed")
}

/// The domain of a pod in a topology.
pub(super) fn domain(state: &State, pod: &Value, key: &str) -> Option<String> {
    let node = state
        .objects
        .get("nodes", "", object::text(pod, "/spec/nodeName"))?;
    node["metadata"]["labels"][key].as_str().map(str::to_owned)
}

/// Whether a term of a pod selects another pod.
fn selects(state: &State, term: &Value, pod: &Value, other: &Value) -> bool {
    let namespace = object::namespace(other);
    let mut listed = object::items(term, "/namespaces").peekable();
    let is_own = listed.peek().is_none()
        && term["namespaceSelector"].is_null()
        && namespace == object::namespace(pod);
    let by_selector = || {
        let found = state.objects.get("namespaces", "", namespace);
        let labels = found.map(|found| found["metadata"]["labels"].clone());
        !term["namespaceSelector"].is_null()
            && selector_matches(&term["namespaceSelector"], &labels.unwrap_or_default())
    };
    !term["labelSelector"].is_null()
        && selector_matches(&term["labelSelector"], &other["metadata"]["labels"])
        && (is_own || listed.any(|name| name == namespace) || by_selector())
}
