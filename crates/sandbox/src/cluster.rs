//! One simulated cluster: its configuration, its state and its clock.
//!
//! One lock protects the state and is never held across an await. Start at [`Cluster`].

mod network;

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use network::Network;

use crate::access::tokens::Tokens;
use crate::config::ClusterConfig;
use crate::fault::Faults;
use crate::kinds::Kinds;
use crate::listen::ca::CertificateAuthority;
use crate::node_usage::NodeUsage;
use crate::object_map::{ObjectKey, ObjectMap};
use crate::process::Programs;

/// One simulated cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) config: ClusterConfig,
    pub(crate) ca: CertificateAuthority,
    /// Cancelled when the sandbox ends.
    pub(crate) ended: CancellationToken,
    /// Whether the API server accepts no connection now, as a client requested.
    pub(crate) gone: watch::Sender<bool>,
    network: Mutex<Network>,
    state: Mutex<State>,
}

/// The mutable state of a cluster.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) objects: ObjectMap,
    pub(crate) kinds: Kinds,
    pub(crate) faults: Faults,
    pub(crate) tokens: Tokens,
    clock: fn() -> Timestamp,
    /// When controllers first observed a condition, by UID and condition.
    pub(crate) timers: BTreeMap<String, Instant>,
    /// The simulated programs in the pods.
    pub(crate) programs: Programs,
    /// The number of reconciliations of each built-in controller.
    pub(crate) reconciliations: BTreeMap<&'static str, u64>,
    /// The watches of each resource, by its plural.
    pub(crate) watches: BTreeMap<String, WatchCount>,
    /// The objects that a controller adds to its own queue.
    pub(crate) requeued: Vec<ObjectKey>,
    /// The resources of the nodes, for the scheduler.
    pub(crate) node_usage: NodeUsage,
    /// The events of controllers, the oldest first, by namespace and name.
    pub(crate) recorded_events: VecDeque<(String, String)>,
    /// The last pod address that each node allocated.
    pub(crate) last_addresses: BTreeMap<String, Ipv4Addr>,
}

/// The watches of a resource.
#[derive(Debug, Default)]
pub(crate) struct WatchCount {
    /// The number of requests.
    pub(crate) requests: u64,
    /// Each open watch has a copy.
    pub(crate) open: Arc<()>,
}

impl Cluster {
    pub(crate) fn new(config: ClusterConfig) -> Self {
        let state = State {
            objects: ObjectMap::new(),
            kinds: Kinds::built_in(),
            faults: Faults::default(),
            tokens: Tokens::new(),
            clock: config.clock,
            timers: BTreeMap::new(),
            programs: Programs::default(),
            reconciliations: BTreeMap::new(),
            watches: BTreeMap::new(),
            requeued: Vec::new(),
            node_usage: NodeUsage::default(),
            recorded_events: VecDeque::new(),
            last_addresses: BTreeMap::new(),
        };
        let ca = CertificateAuthority::new(&config.name);
        Self {
            config,
            ca,
            ended: CancellationToken::new(),
            gone: watch::Sender::new(false),
            network: Mutex::default(),
            state: Mutex::new(state),
        }
    }

    /// The network of the pods.
    pub(crate) fn network(&self) -> Network {
        self.network.lock().clone()
    }

    /// Moves the pods to a network.
    pub(crate) fn join_network(self: &Arc<Self>, network: &Network) {
        let addresses = self.network().leave(self);
        network.join(self, addresses);
        *self.network.lock() = network.clone();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// The current time.
    pub(crate) fn time(&self) -> Timestamp {
        (self.config.clock)()
    }
}

impl State {
    /// The current time.
    pub(crate) fn time(&self) -> Timestamp {
        (self.clock)()
    }

    /// The current time, in the format of object timestamps.
    pub(crate) fn now(&self) -> String {
        format_time(self.time())
    }
}

/// A time in the format of object timestamps.
pub(crate) fn format_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A random suffix for generated names.
pub(crate) fn random_suffix() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let random = uuid::Uuid::new_v4();
    random
        .as_bytes()
        .iter()
        .take(5)
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}
