//! The filters that a node has to pass, in the order of the scheduler, and the message of a pod that
//! fits nowhere.
//!
//! Start at [`Filters::best`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::node_affinity;
use super::pod_affinity::PodAffinity;
use super::spread::Spread;
use crate::cluster::State;
use crate::node_usage::{Demand, HostPort, NodeUsage, Usage, demand};
use crate::object;

/// Why nodes do not fit.
#[derive(Debug)]
pub(super) enum Rejection {
    /// No node was considered.
    Pod(String),
    /// The reasons of each node.
    Nodes(Vec<Misfit>),
}

/// Why one node does not fit.
#[derive(Debug)]
pub(super) struct Misfit {
    reasons: Vec<String>,
    /// Whether the node might fit without its other pods.
    is_resolvable: bool,
}

impl Misfit {
    pub(super) fn unresolvable(reason: &str) -> Self {
        Self {
            reasons: vec![reason.to_owned()],
            is_resolvable: false,
        }
    }

    pub(super) fn resolvable(reason: &str) -> Self {
        Self {
            reasons: vec![reason.to_owned()],
            is_resolvable: true,
        }
    }
}

impl Rejection {
    /// The message of the scheduler for a cluster with this number of nodes.
    pub(super) fn message(&self, nodes: usize) -> String {
        let available = format!("0/{nodes} nodes are available:");
        let (reasons, resolvable) = match self {
            Self::Pod(reason) => (reason.clone(), 0),
            Self::Nodes(misfits) => {
                let reasons = misfits.iter().flat_map(|misfit| misfit.reasons.clone());
                let resolvable = misfits.iter().filter(|misfit| misfit.is_resolvable).count();
                (counted(reasons), resolvable)
            }
        };
        let words = |word: &str, count: usize| std::iter::repeat_n(word.to_owned(), count);
        let preemption = counted(
            words("No preemption victims found for incoming pod", resolvable).chain(words(
                "Preemption is not helpful for scheduling",
                nodes.saturating_sub(resolvable),
            )),
        );
        format!(
            "{available} {reasons}. no new claims to deallocate, preemption: {available} \
             {preemption}."
        )
    }
}

/// Reasons with their counts, ordered as texts.
fn counted(reasons: impl Iterator<Item = String>) -> String {
    let mut counts = BTreeMap::<String, usize>::new();
    for reason in reasons {
        *counts.entry(reason).or_default() += 1;
    }
    let mut lines: Vec<String> = counts
        .into_iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    lines.sort();
    lines.join(", ")
}

/// The filters for one pod.
pub(super) struct Filters<'a> {
    pod: &'a Value,
    usage: &'a NodeUsage,
    demand: Demand,
    /// The node that the volumes of the pod are on.
    volume_node: Option<String>,
    pod_affinity: PodAffinity,
    spread: Spread,
}

impl<'a> Filters<'a> {
    pub(super) fn new(
        state: &State,
        usage: &'a NodeUsage,
        pod: &'a Value,
        volume_node: Option<String>,
    ) -> Self {
        Self {
            pod,
            usage,
            demand: demand(pod),
            volume_node,
            pod_affinity: PodAffinity::new(state, usage, pod),
            spread: Spread::new(state, pod),
        }
    }

    /// The best of the nodes that fit.
    pub(super) fn best(&self, nodes: &[Arc<Value>]) -> Result<Arc<Value>, Rejection> {
        let mut misfits = Vec::new();
        let mut fitting = Vec::new();
        for node in nodes {
            match self.check(node) {
                Ok(()) => fitting.push(node),
                Err(misfit) => misfits.push(misfit),
            }
        }
        let best = fitting.into_iter().min_by_key(|node| self.rank(node));
        best.cloned().ok_or(Rejection::Nodes(misfits))
    }

    /// A node with a smaller rank is better: tolerated and preferred, with fewer pods.
    fn rank(&self, node: &Value) -> (usize, i64, usize) {
        let avoided = taints(node)
            .filter(|taint| taint["effect"] == "PreferNoSchedule" && !tolerates(self.pod, taint));
        let pods = self.usage.of_node(object::name(node));
        (
            avoided.count(),
            -node_affinity::preference(self.pod, node),
            pods.map_or(0, |usage| usage.pods.len()),
        )
    }

    /// Whether a node passes all filters.
    fn check(&self, node: &Value) -> Result<(), Misfit> {
        let unschedulable = serde_json::json!({
            "key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule",
        });
        if node["spec"]["unschedulable"] == true && !tolerates(self.pod, &unschedulable) {
            return Err(Misfit::unresolvable("node(s) were unschedulable"));
        }
        if !tolerates_taints(self.pod, node, &["NoSchedule", "NoExecute"]) {
            return Err(Misfit::unresolvable("node(s) had untolerated taint(s)"));
        }
        if !node_affinity::matches(self.pod, node) {
            let reason = "node(s) didn't match Pod's node affinity/selector";
            return Err(Misfit::unresolvable(reason));
        }
        let unused = Usage::default();
        let usage = self.usage.of_node(object::name(node)).unwrap_or(&unused);
        let wanted = &self.demand.ports;
        if wanted
            .iter()
            .any(|port| usage.ports.iter().any(|used| conflicts(port, used)))
        {
            let reason = "node(s) didn't have free ports for the requested pod ports";
            return Err(Misfit::resolvable(reason));
        }
        self.check_resources(usage)?;
        let other = |volume_node: &String| volume_node != object::name(node);
        if self.volume_node.as_ref().is_some_and(other) {
            let reason = "node(s) didn't match PersistentVolume's node affinity";
            return Err(Misfit::unresolvable(reason));
        }
        self.spread.check(node)?;
        self.pod_affinity.check(node)
    }

    fn check_resources(&self, usage: &Usage) -> Result<(), Misfit> {
        let amount = |amounts: &BTreeMap<String, i128>, name: &str| {
            amounts.get(name).copied().unwrap_or_default()
        };
        let (mut reasons, mut is_resolvable) = (Vec::new(), true);
        let most_pods = amount(&usage.allocatable, "pods") / 1_000;
        if i128::try_from(usage.pods.len()).unwrap_or(i128::MAX) >= most_pods {
            reasons.push("Too many pods".to_owned());
        }
        for (name, wanted) in &self.demand.resources {
            let allocatable = amount(&usage.allocatable, name);
            if *wanted > 0 && *wanted > allocatable - amount(&usage.requested, name) {
                reasons.push(format!("Insufficient {name}"));
                is_resolvable &= *wanted <= allocatable;
            }
        }
        if reasons.is_empty() {
            return Ok(());
        }
        Err(Misfit {
            reasons,
            is_resolvable,
        })
    }
}

fn taints(node: &Value) -> impl Iterator<Item = &Value> {
    object::items(node, "/spec/taints")
}

/// Whether a pod tolerates the taints of a node with these effects.
pub(super) fn tolerates_taints(pod: &Value, node: &Value, effects: &[&str]) -> bool {
    taints(node)
        .filter(|taint| effects.contains(&object::text(taint, "/effect")))
        .all(|taint| tolerates(pod, taint))
}

/// Whether a pod tolerates a taint.
fn tolerates(pod: &Value, taint: &Value) -> bool {
    object::items(pod, "/spec/tolerations").any(|toleration| {
        let (key, effect) = (
            object::text(toleration, "/key"),
            object::text(toleration, "/effect"),
        );
        let exists = object::text(toleration, "/operator") == "Exists";
        let is_key = key == object::text(taint, "/key") || key.is_empty() && exists;
        let is_value =
            exists || object::text(toleration, "/value") == object::text(taint, "/value");
        is_key && is_value && (effect.is_empty() || effect == object::text(taint, "/effect"))
    })
}

/// Whether two ports of a node are the same.
fn conflicts(first: &HostPort, second: &HostPort) -> bool {
    let any = |address: &str| matches!(address, "" | "0.0.0.0");
    let (first_address, first_protocol, first_number) = first;
    let (second_address, second_protocol, second_number) = second;
    first_protocol == second_protocol
        && first_number == second_number
        && (first_address == second_address || any(first_address) || any(second_address))
}
