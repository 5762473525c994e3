//! What a program sees of the pod it runs in and of the cluster around it.
//!
//! It never keeps the cluster alive. What needs rights is asked with those of the pod's
//! ServiceAccount; what every pod gets without asking (names, the endpoints of Services, the
//! network) is had as it is. Start at [`Pod`].

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::sync::watch;

use super::registry::Mesh;
use super::{Program, proxies};
use crate::access::Identity;
use crate::network::Unreached;
use crate::object;
use crate::request::{Call, Query};
use crate::rest;
use crate::world::World;

/// The pod a program runs in.
#[derive(Clone, Debug)]
pub(crate) struct Pod {
    world: Weak<World>,
    pub(crate) namespace: String,
    pub(crate) name: String,
    account: String,
    /// What a control plane told its sidecar last.
    told: Arc<Mutex<Option<Mesh>>>,
    /// How many calls it made.
    calls: Arc<AtomicUsize>,
}

impl Pod {
    pub(super) fn of(world: &Arc<World>, pod: &Value) -> Self {
        let account = object::text(pod, "/spec/serviceAccountName");
        Self {
            world: Arc::downgrade(world),
            namespace: object::namespace(pod).to_owned(),
            name: object::name(pod).to_owned(),
            account: if account.is_empty() {
                "default".to_owned()
            } else {
                account.to_owned()
            },
            told: Arc::default(),
            calls: Arc::default(),
        }
    }

    /// An object of the pod's cluster, as the nodes and the name server know it.
    pub(super) fn read(&self, id: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let world = self.world.upgrade()?;
        let state = world.lock();
        state.store.get(id, namespace, name)
    }

    /// Whether the pod's traffic goes through a sidecar.
    pub(super) fn has_sidecar(&self) -> bool {
        let pod = self.read("pods", &self.namespace, &self.name);
        pod.is_some_and(|pod| proxies::proxy(&pod).is_some())
    }

    /// What a control plane in this cluster tells its sidecars, or told when there was one.
    pub(super) fn mesh(&self) -> Option<Mesh> {
        let world = self.world.upgrade()?;
        let programs = world.lock().programs.all();
        let news = programs.iter().find_map(|program| program.mesh());
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if news.is_some() {
            told.clone_from(&news);
        }
        told.clone()
    }

    /// The one of several whose turn it is.
    pub(super) fn choose<'a, T>(&self, among: &'a [T]) -> Option<&'a T> {
        let turn = self.calls.fetch_add(1, Ordering::Relaxed);
        among.get(turn.checked_rem(among.len())?)
    }

    /// The program at an address of the pod's network.
    pub(super) fn dial(&self, address: &str, port: u16) -> Result<Arc<dyn Program>, Unreached> {
        let world = self.world.upgrade().ok_or(Unreached::NoRoute)?;
        let network = world.network();
        drop(world);
        network.dial(address, port)
    }

    /// Whether an address of the pod's network leads to a control plane.
    pub(super) fn finds_control_plane(&self, address: &str, port: u16) -> bool {
        let network = self.world.upgrade().map(|world| world.network());
        network.is_some_and(|network| network.leads_to_control_plane(address, port))
    }

    /// Whether something takes connections at an address; what is outside is taken to.
    pub(super) fn reaches(&self, address: IpAddr, port: u16) -> bool {
        let network = self.world.upgrade().map(|world| world.network());
        let judged = network.and_then(|network| network.takes(address, port));
        judged.unwrap_or(true)
    }

    /// Follows the revision of the pod's cluster.
    pub(super) fn follow(&self) -> Option<watch::Receiver<u64>> {
        let world = self.world.upgrade()?;
        let state = world.lock();
        Some(state.store.follow())
    }

    /// Asks the API of the pod's cluster with the rights of its ServiceAccount.
    pub(super) async fn ask(&self, path: &str) -> Option<Value> {
        let response = {
            let world = self.world.upgrade()?;
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let call = Call {
                method: Method::GET,
                path: path.to_owned(),
                query: Query::parse(query),
                headers: HeaderMap::new(),
                body: Bytes::new(),
                who: Identity::service_account(&self.namespace, &self.account, ""),
            };
            rest::answer(&world, &call).ok()?
        };
        let body = response.into_body().collect().await.ok()?;
        serde_json::from_slice(&body.to_bytes()).ok()
    }
}
