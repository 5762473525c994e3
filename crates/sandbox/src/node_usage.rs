//! The resources of the nodes: what they offer, and what their pods request.
//!
//! The sums follow the log of changes, so that a pod is placed without counting all others. Start at
//! [`NodeUsage::update`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::object;
use crate::object_map::{EventType, ObjectKey, ObjectMap};
use crate::quantity::thousandths;

/// Amounts of resources in thousandths, by name.
pub(crate) type Resources = BTreeMap<String, i128>;

/// A port of a node that a pod occupies: address, protocol and number.
pub(crate) type HostPort = (String, String, i64);

/// What a pod demands of its node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Demand {
    pub(crate) resources: Resources,
    pub(crate) ports: BTreeSet<HostPort>,
}

/// The resources of one node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) allocatable: Resources,
    pub(crate) requested: Resources,
    pub(crate) pods: BTreeSet<ObjectKey>,
    pub(crate) ports: Vec<HostPort>,
}

/// The resources of all nodes of a cluster.
#[derive(Debug, Default)]
pub(crate) struct NodeUsage {
    revision: u64,
    nodes: BTreeMap<String, Usage>,
    /// The counted pods, with their node.
    pods: BTreeMap<ObjectKey, (String, Demand)>,
    /// The counted pods that keep others away from their nodes.
    exclusive: BTreeSet<ObjectKey>,
}

impl NodeUsage {
    /// Follows the changes since the last call.
    pub(crate) fn update(&mut self, objects: &ObjectMap) {
        if let Ok(changes) = objects.all_changes_after(self.revision) {
            for change in changes.filter(|change| matches!(&*change.kind, "pods" | "nodes")) {
                let object = (change.event != EventType::Deleted).then_some(&*change.object);
                let key = ObjectKey::of(&change.kind, &change.object);
                self.set(&key, object);
            }
        } else {
            *self = Self::default();
            for kind in ["nodes", "pods"] {
                for entry in objects.entries(kind) {
                    self.set(&ObjectKey::of(kind, &entry.object), Some(&entry.object));
                }
            }
        }
        self.revision = objects.revision();
    }

    /// The resources of a node.
    pub(crate) fn of_node(&self, name: &str) -> Option<&Usage> {
        self.nodes.get(name)
    }

    /// The pods on nodes that keep others away by anti-affinity.
    pub(crate) fn exclusive_pods(&self) -> impl Iterator<Item = &ObjectKey> {
        self.exclusive.iter()
    }

    fn set(&mut self, key: &ObjectKey, object: Option<&Value>) {
        if &*key.kind == "nodes" {
            let allocatable = object.map(|node| resources(&node["status"]["allocatable"]));
            let usage = self.nodes.entry(key.name.clone()).or_default();
            usage.allocatable = allocatable.unwrap_or_default();
            return;
        }
        self.remove_pod(key);
        let is_counted = |pod: &&Value| {
            !object::text(pod, "/spec/nodeName").is_empty()
                && !matches!(object::text(pod, "/status/phase"), "Succeeded" | "Failed")
        };
        if let Some(pod) = object.filter(is_counted) {
            self.add_pod(key, pod);
        }
    }

    fn add_pod(&mut self, key: &ObjectKey, pod: &Value) {
        let node = object::text(pod, "/spec/nodeName").to_owned();
        let demand = demand(pod);
        let usage = self.nodes.entry(node.clone()).or_default();
        for (name, amount) in &demand.resources {
            *usage.requested.entry(name.clone()).or_default() += amount;
        }
        usage.ports.extend(demand.ports.iter().cloned());
        usage.pods.insert(key.clone());
        let terms = "/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution";
        if object::items(pod, terms).next().is_some() {
            self.exclusive.insert(key.clone());
        }
        self.pods.insert(key.clone(), (node, demand));
    }

    fn remove_pod(&mut self, key: &ObjectKey) {
        let Some((node, demand)) = self.pods.remove(key) else {
            return;
        };
        self.exclusive.remove(key);
        let Some(usage) = self.nodes.get_mut(&node) else {
            return;
        };
        usage.pods.remove(key);
        for (name, amount) in &demand.resources {
            if let Some(requested) = usage.requested.get_mut(name) {
                *requested -= amount;
            }
        }
        for port in &demand.ports {
            if let Some(position) = usage.ports.iter().position(|used| used == port) {
                usage.ports.swap_remove(position);
            }
        }
    }
}

/// What a pod demands: the sum of its containers, or the largest init container if that is more.
pub(crate) fn demand(pod: &Value) -> Demand {
    let mut total = Resources::new();
    for container in object::items(pod, "/spec/containers") {
        add(&mut total, &requests(container));
    }
    let (mut sidecars, mut largest) = (Resources::new(), Resources::new());
    for container in object::items(pod, "/spec/initContainers") {
        let own = requests(container);
        let mut peak = sidecars.clone();
        add(&mut peak, &own);
        for (name, amount) in peak {
            let most = largest.entry(name).or_default();
            *most = amount.max(*most);
        }
        if container["restartPolicy"] == "Always" {
            add(&mut sidecars, &own);
        }
    }
    add(&mut total, &sidecars);
    for (name, amount) in largest {
        let sum = total.entry(name).or_default();
        *sum = amount.max(*sum);
    }
    add(&mut total, &resources(&pod["spec"]["overhead"]));
    Demand {
        resources: total,
        ports: host_ports(pod),
    }
}

/// The requests of a container; a limit without a request is the request.
fn requests(container: &Value) -> Resources {
    let mut amounts = resources(&container["resources"]["limits"]);
    amounts.extend(resources(&container["resources"]["requests"]));
    amounts
}

fn resources(amounts: &Value) -> Resources {
    let amounts = amounts.as_object().into_iter().flatten();
    amounts
        .filter_map(|(name, amount)| Some((name.clone(), thousandths(amount)?)))
        .collect()
}

fn add(total: &mut Resources, other: &Resources) {
    for (name, amount) in other {
        *total.entry(name.clone()).or_default() += amount;
    }
}

fn host_ports(pod: &Value) -> BTreeSet<HostPort> {
    let is_host = pod["spec"]["hostNetwork"] == true;
    object::items(pod, "/spec/containers")
        .flat_map(|container| object::items(container, "/ports"))
        .filter_map(|port| {
            let of_container = port["containerPort"].as_i64().filter(|_| is_host);
            let number = port["hostPort"].as_i64().or(of_container)?;
            let protocol = port["protocol"].as_str().unwrap_or("TCP").to_owned();
            Some((object::text(port, "/hostIP").to_owned(), protocol, number))
        })
        .collect()
}
