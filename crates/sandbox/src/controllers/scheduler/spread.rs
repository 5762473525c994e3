//! Topology spread constraints.
//!
//! Start at [`Spread::check`].

use std::collections::BTreeMap;

use serde_json::Value;

use super::filter::Misfit;
use super::node_affinity;
use super::pod_affinity::{domain, is_placed};
use crate::cluster::State;
use crate::object;
use crate::selector::selector_matches;

/// The constraints of a pod.
#[derive(Debug)]
pub(super) struct Spread {
    constraints: Vec<Constraint>,
}

#[derive(Debug)]
struct Constraint {
    key: String,
    max_skew: i64,
    /// Whether the pod itself counts.
    counts_itself: bool,
    /// The number of selected pods in each domain.
    counts: BTreeMap<String, i64>,
}

impl Spread {
    pub(super) fn new(state: &State, pod: &Value) -> Self {
        let constraints = object::items(pod, "/spec/topologySpreadConstraints")
            .filter(|constraint| constraint["whenUnsatisfiable"] != "ScheduleAnyway");
        Self {
            constraints: constraints
                .map(|constraint| Constraint::new(state, pod, constraint))
                .collect(),
        }
    }

    pub(super) fn check(&self, node: &Value) -> Result<(), Misfit> {
        for constraint in &self.constraints {
            let Some(value) = node["metadata"]["labels"][&constraint.key].as_str() else {
                return Err(Misfit::unresolvable(
                    "node(s) didn't match pod topology spread constraints (missing required label)",
                ));
            };
            let fewest = constraint.counts.values().min().copied().unwrap_or(0);
            let count = constraint.counts.get(value).copied().unwrap_or(0);
            let skew = count + i64::from(constraint.counts_itself) - fewest;
            if skew > constraint.max_skew {
                let reason = "node(s) didn't match pod topology spread constraints";
                return Err(Misfit::resolvable(reason));
            }
        }
        Ok(())
    }
}

impl Constraint {
    fn new(state: &State, pod: &Value, constraint: &Value) -> Self {
        let key = object::text(constraint, "/topologyKey").to_owned();
        let selector = &constraint["labelSelector"];
        let selects = |pod: &Value| {
            !selector.is_null() && selector_matches(selector, &pod["metadata"]["labels"])
        };
        let nodes = state.objects.list("nodes", None);
        let eligible = nodes
            .iter()
            .filter(|node| node_affinity::matches(pod, node));
        let mut counts: BTreeMap<String, i64> = eligible
            .filter_map(|node| node["metadata"]["labels"][&key].as_str())
            .map(|value| (value.to_owned(), 0))
            .collect();
        for other in state.objects.list("pods", Some(object::namespace(pod))) {
            if is_placed(&other) && !object::is_terminating(&other) && selects(&other) {
                let domain = domain(state, &other, &key);
                if let Some(count) = domain.and_then(|domain| counts.get_mut(&domain)) {
                    *count += 1;
                }
            }
        }
        Self {
            max_skew: constraint["maxSkew"].as_i64().unwrap_or(1),
            counts_itself: selects(pod),
            key,
            counts,
        }
    }
}
