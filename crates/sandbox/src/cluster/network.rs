//! The pod network: flat, and shared by the clusters that join it.
//!
//! It knows its clusters and their addresses, as if the pod networks were routed to each other.
//! Start at [`Network`].

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::Cluster;
use crate::object_map::ObjectKey;
use crate::process::Program;

/// A flat network of pods; the pods of all sandboxes on the same network reach each other.
#[derive(Clone, Debug, Default)]
pub struct Network {
    members: Arc<Mutex<Vec<Member>>>,
}

/// A cluster on a network, and its addresses that accept connections.
#[derive(Clone, Debug)]
struct Member {
    cluster: Weak<Cluster>,
    addresses: Addresses,
}

/// The addresses that accept connections, by the pod or Service that has them.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    of_object: BTreeMap<ObjectKey, Vec<String>>,
    /// The number of objects with each address.
    counts: BTreeMap<String, usize>,
    /// The programs that serve admission webhooks, by their pod.
    admission: BTreeMap<ObjectKey, Vec<Arc<dyn Program>>>,
}

impl Addresses {
    fn set(&mut self, key: &ObjectKey, addresses: Vec<String>) {
        for address in self.of_object.remove(key).into_iter().flatten() {
            if let Some(count) = self.counts.get_mut(&address) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&address);
                }
            }
        }
        if addresses.is_empty() {
            return;
        }
        for address in &addresses {
            *self.counts.entry(address.clone()).or_default() += 1;
        }
        self.of_object.insert(key.clone(), addresses);
    }
}

impl Addresses {
    /// The programs that serve admission webhooks at an address: those of a pod, or, behind a load
    /// balancer, all of the cluster.
    fn admission_programs(&self, address: &str) -> Vec<&Arc<dyn Program>> {
        if !self.counts.contains_key(address) {
            return Vec::new();
        }
        let has_address = |key: &ObjectKey| {
            let addresses = self.of_object.get(key);
            addresses.is_some_and(|addresses| addresses.iter().any(|own| own == address))
        };
        let pod = self.admission.iter().find(|(key, _)| has_address(key));
        if let Some((_, programs)) = pod {
            return programs.iter().collect();
        }
        let mut services = self.of_object.keys().filter(|key| &*key.kind == "services");
        if services.any(has_address) {
            self.admission.values().flatten().collect()
        } else {
            Vec::new()
        }
    }
}

impl Network {
    /// A network without clusters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a cluster with its addresses that accept connections.
    pub(super) fn join(&self, cluster: &Arc<Cluster>, addresses: Addresses) {
        self.leave(cluster);
        self.members.lock().push(Member {
            cluster: Arc::downgrade(cluster),
            addresses,
        });
    }

    /// Removes a cluster; returns the addresses that it had.
    pub(super) fn leave(&self, cluster: &Arc<Cluster>) -> Addresses {
        let left = Arc::downgrade(cluster);
        let mut members = self.members.lock();
        members.retain(|member| member.cluster.strong_count() > 0);
        let position = members
            .iter()
            .position(|member| Weak::ptr_eq(&member.cluster, &left));
        position.map_or_else(Addresses::default, |position| {
            members.remove(position).addresses
        })
    }

    /// Publishes the addresses of a pod or a Service that accept connections. Like
    /// [`Self::is_reachable`], it may be called while a cluster is locked.
    pub(crate) fn publish(&self, cluster: &Arc<Cluster>, key: &ObjectKey, addresses: Vec<String>) {
        let this = Arc::downgrade(cluster);
        let mut members = self.members.lock();
        let mut members = members.iter_mut();
        if let Some(member) = members.find(|member| Weak::ptr_eq(&member.cluster, &this)) {
            member.addresses.set(key, addresses);
        }
    }

    /// Publishes the programs of a pod that serve admission webhooks, as [`Self::publish`] does
    /// its addresses.
    pub(crate) fn publish_admission(
        &self,
        cluster: &Arc<Cluster>,
        key: &ObjectKey,
        programs: Vec<Arc<dyn Program>>,
    ) {
        let this = Arc::downgrade(cluster);
        let mut members = self.members.lock();
        let mut members = members.iter_mut();
        if let Some(member) = members.find(|member| Weak::ptr_eq(&member.cluster, &this)) {
            let admission = &mut member.addresses.admission;
            if programs.is_empty() {
                admission.remove(key);
            } else {
                admission.insert(key.clone(), programs);
            }
        }
    }

    /// The program that serves admission webhooks at an address, in any cluster.
    pub(crate) fn admission_program(&self, address: &str, port: u16) -> Option<Arc<dyn Program>> {
        let members = self.members.lock();
        let mut programs = members
            .iter()
            .filter(|member| member.cluster.strong_count() > 0)
            .flat_map(|member| member.addresses.admission_programs(address));
        let serves = |program: &&Arc<dyn Program>| {
            let server = program.admission_server();
            server.is_some_and(|server| server.port() == port)
        };
        programs.find(serves).cloned()
    }

    /// Whether an address accepts connections in any cluster.
    pub(crate) fn is_reachable(&self, address: &str) -> bool {
        let members = self.members.lock();
        let mut running = members
            .iter()
            .filter(|member| member.cluster.strong_count() > 0);
        running.any(|member| member.addresses.counts.contains_key(address))
    }

    /// The clusters that still exist.
    pub(crate) fn clusters(&self) -> Vec<Arc<Cluster>> {
        let members = self.members.lock();
        let clusters = members.iter().filter_map(|member| member.cluster.upgrade());
        clusters.collect()
    }
}
