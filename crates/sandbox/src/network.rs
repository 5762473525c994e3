//! The network between pods: flat, and shared by the clusters that are put on it.
//!
//! A program reaches the address of any running pod on its network, as where pod networks are
//! routed to each other. Start at [`Network`].

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::inside::{self, Program, Running};
use crate::object;
use crate::world::World;

/// A flat network of pods; sandboxes on the same one reach each other's pods.
#[derive(Clone, Debug, Default)]
pub struct Network {
    clusters: Arc<Mutex<Vec<Member>>>,
}

/// A cluster on a network, and the addresses that were last seen to answer in it.
#[derive(Clone, Debug)]
struct Member {
    world: Weak<World>,
    answering: BTreeSet<String>,
}

/// Why an address could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreached {
    /// No pod has the address.
    NoRoute,
    /// Nothing listens on the port.
    Refused,
}

impl Network {
    /// A network with no cluster on it.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn join(&self, world: &Arc<World>) {
        self.leave(world);
        self.lock().push(Member {
            world: Arc::downgrade(world),
            answering: BTreeSet::new(),
        });
    }

    pub(crate) fn leave(&self, world: &Arc<World>) {
        let left = Arc::downgrade(world);
        self.lock().retain(|member| {
            member.world.strong_count() > 0 && !Weak::ptr_eq(&member.world, &left)
        });
    }

    /// Says which addresses answer in a cluster. Takes no other lock, as [`Self::answers`].
    pub(crate) fn publish(&self, world: &Arc<World>, answering: BTreeSet<String>) {
        let this = Arc::downgrade(world);
        let mut clusters = self.lock();
        let mut members = clusters.iter_mut();
        if let Some(member) = members.find(|member| Weak::ptr_eq(&member.world, &this)) {
            member.answering = answering;
        }
    }

    /// Whether something answers at an address.
    pub(crate) fn answers(&self, address: &str) -> bool {
        let clusters = self.lock();
        let mut living = clusters
            .iter()
            .filter(|member| member.world.strong_count() > 0);
        living.any(|member| member.answering.contains(address))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Member>> {
        self.clusters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The program that listens at an address, where the pod lets calls in.
    pub(crate) fn dial(&self, address: &str, port: u16) -> Result<Arc<dyn Program>, Unreached> {
        let programs = self
            .worlds()
            .iter()
            .find_map(|world| at(world, address))
            .ok_or(Unreached::NoRoute)?;
        if programs.iter().any(|running| !running.program.lets_in()) {
            return Err(Unreached::Refused);
        }
        programs
            .into_iter()
            .map(|running| running.program)
            .find(|program| program.listens_on(port))
            .ok_or(Unreached::Refused)
    }

    /// Whether a control plane answers at an address: its pod's, or that of a load balancer.
    pub(crate) fn leads_to_control_plane(&self, address: &str, port: u16) -> bool {
        let listens = |running: &Running| {
            running.program.is_control_plane() && running.program.listens_on(port)
        };
        self.worlds().iter().any(|world| match at(world, address) {
            Some(programs) => programs.iter().any(listens),
            None => {
                let state = world.lock();
                let mut programs = state.programs.all().into_iter();
                inside::balances(&state, address, port)
                    && programs.any(|program| program.is_control_plane())
            }
        })
    }

    /// Whether something takes connections at an address, if it is of one of the clusters.
    pub(crate) fn takes(&self, address: IpAddr, port: u16) -> Option<bool> {
        let worlds = self.worlds();
        let home = worlds.iter().find(|world| world.shape.has(address))?;
        let state = home.lock();
        Some(inside::takes(&state, &address.to_string(), port))
    }

    fn worlds(&self) -> Vec<Arc<World>> {
        let clusters = self.lock();
        let worlds = clusters.iter().filter_map(|member| member.world.upgrade());
        worlds.collect()
    }
}

/// The programs of the pod that has this address.
fn at(world: &Arc<World>, address: &str) -> Option<Vec<Running>> {
    let mut state = world.lock();
    let pods = state.store.list("pods", None);
    let pod = pods
        .iter()
        .filter(|pod| inside::is_running(pod))
        .find(|pod| object::text(pod, "/status/podIP") == address)?;
    Some(state.programs.of(world, pod))
}
