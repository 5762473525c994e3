//! One pretend cluster: its shape, its state and its clock.
//!
//! All state stands behind one lock that is never held across an await. Start at [`World`].

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use std::time::Instant;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::access::tokens::Tokens;
use crate::fault::Faults;
use crate::inside::Programs;
use crate::kinds::Kinds;
use crate::listen::authority::Authority;
use crate::network::Network;
use crate::shape::Shape;
use crate::store::Store;

/// One pretend cluster.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) shape: Shape,
    pub(crate) authority: Authority,
    /// Cancelled when the sandbox ends.
    pub(crate) ended: CancellationToken,
    network: Mutex<Network>,
    state: Mutex<State>,
}

/// What changes in a cluster.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) kinds: Kinds,
    pub(crate) faults: Faults,
    pub(crate) tokens: Tokens,
    /// When controllers first saw something, by uid and what it was.
    pub(crate) marks: BTreeMap<String, Instant>,
    /// What pretends to run in the pods.
    pub(crate) programs: Programs,
    /// The address that each node gave last.
    pub(crate) given: BTreeMap<String, Ipv4Addr>,
}

impl World {
    pub(crate) fn new(shape: Shape) -> Self {
        let state = State {
            store: Store::new(),
            kinds: Kinds::built_in(),
            faults: Faults::default(),
            tokens: Tokens::new(),
            marks: BTreeMap::new(),
            programs: Programs::default(),
            given: BTreeMap::new(),
        };
        let authority = Authority::new(&shape.name);
        Self {
            shape,
            authority,
            ended: CancellationToken::new(),
            network: Mutex::default(),
            state: Mutex::new(state),
        }
    }

    /// The network its pods are on.
    pub(crate) fn network(&self) -> Network {
        self.network
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Moves its pods to a network.
    pub(crate) fn join(self: &Arc<Self>, network: &Network) {
        self.network().leave(self);
        network.join(self);
        *self.network.lock().unwrap_or_else(PoisonError::into_inner) = network.clone();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time, as objects carry it.
pub(crate) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A short random ending for generated names.
pub(crate) fn ending() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let random = uuid::Uuid::new_v4();
    random
        .as_bytes()
        .iter()
        .take(5)
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}
