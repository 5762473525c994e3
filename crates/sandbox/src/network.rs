//! The network between pods: flat, and shared by the clusters that are put on it.
//!
//! A program reaches the address of any running pod on its network, as where pod networks are
//! routed to each other. Start at [`Network`].

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::inside::{self, Program};
use crate::object;
use crate::world::World;

/// A flat network of pods; sandboxes on the same one reach each other's pods.
#[derive(Clone, Debug, Default)]
pub struct Network {
    clusters: Arc<Mutex<Vec<Weak<World>>>>,
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
        self.keep(|known| !Weak::ptr_eq(known, &Arc::downgrade(world)));
        let mut clusters = self.clusters.lock().unwrap_or_else(PoisonError::into_inner);
        clusters.push(Arc::downgrade(world));
    }

    pub(crate) fn leave(&self, world: &Arc<World>) {
        self.keep(|known| !Weak::ptr_eq(known, &Arc::downgrade(world)));
    }

    fn keep(&self, wanted: impl Fn(&Weak<World>) -> bool) {
        let mut clusters = self.clusters.lock().unwrap_or_else(PoisonError::into_inner);
        clusters.retain(|known| known.strong_count() > 0 && wanted(known));
    }

    /// The program that listens at an address.
    pub(crate) fn dial(&self, address: &str, port: u16) -> Result<Arc<dyn Program>, Unreached> {
        let clusters = self
            .clusters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let programs = clusters
            .iter()
            .filter_map(Weak::upgrade)
            .find_map(|world| at(&world, address))
            .ok_or(Unreached::NoRoute)?;
        let mut listening = programs.into_iter().filter(|one| one.listens_on(port));
        listening.next().ok_or(Unreached::Refused)
    }
}

/// The programs of the pod that has this address.
fn at(world: &Arc<World>, address: &str) -> Option<Vec<Arc<dyn Program>>> {
    let mut state = world.lock();
    let pods = state.store.list("pods", None);
    let pod = pods
        .iter()
        .filter(|pod| inside::is_running(pod))
        .find(|pod| object::text(pod, "/status/podIP") == address)?;
    Some(state.programs.of(world, pod))
}
