//! What runs in the pods: programs that pretend to be those of an image.
//!
//! A pod that runs has the programs its images call for; they begin when it is first seen running
//! and end with it, and everything they do unasked ends with them. One program a file below this
//! one. Start at [`Program`] and [`Programs::of`].

mod bookinfo;
mod call;
mod dial;
mod follow;
mod istiod;
mod kubeconfig;
mod pilot;
mod pod;
mod proxies;
mod registry;
mod remote;
mod reply;
mod sidecar;
mod stated;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::AbortOnDropHandle;

use dial::Dial;
use istiod::Istiod;
use pilot::Pilot;
pub(crate) use pod::Pod;
use registry::Mesh;
use sidecar::Sidecar;
pub(crate) use stated::Stated;

use crate::object;
use crate::world::{State, World};

/// A program that pretends to run in a pod.
pub(crate) trait Program: Debug + Send + Sync {
    /// Whether it answers on a port.
    fn listens_on(&self, port: u16) -> bool;

    /// Answers one request.
    fn answer(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>>;

    /// What it does unasked until its pod goes, if anything. Its cluster is locked when this is
    /// called, not when the future runs.
    fn work(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        None
    }

    /// What it tells sidecars, if it is a control plane.
    fn mesh(&self) -> Option<Mesh> {
        None
    }

    /// How it ended, where it ends by itself; nothing while it does not.
    fn outcome(&self) -> Option<Result<(), String>> {
        Some(Ok(()))
    }

    /// Whether it is a control plane.
    fn is_control_plane(&self) -> bool {
        false
    }

    /// Whether calls of other pods come through to its pod.
    fn lets_in(&self) -> bool {
        true
    }
}

/// A program of one pod, and its work.
#[derive(Debug)]
struct Process {
    running: Running,
    _work: Option<AbortOnDropHandle<()>>,
    _end: DropGuard,
}

/// A program that runs, and when it no longer does.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) program: Arc<dyn Program>,
    pub(crate) ended: CancellationToken,
}

/// The programs of a cluster.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    /// Those that tests and demos state, before the built-in ones.
    pub(crate) stated: Vec<Stated>,
    /// What runs, by the uid of its pod.
    running: BTreeMap<String, Vec<Process>>,
}

impl Programs {
    /// The programs of a pod, begun if they were not; a pod that does not run has none.
    pub(crate) fn of(&mut self, world: &Arc<World>, pod: &Value) -> Vec<Running> {
        if !is_running(pod) {
            return Vec::new();
        }
        let uid = object::uid(pod).to_owned();
        if !self.running.contains_key(&uid) {
            let begun = self.begin(world, pod);
            self.running.insert(uid.clone(), begun);
        }
        let processes = self.running.get(&uid).into_iter().flatten();
        processes.map(|process| process.running.clone()).collect()
    }

    /// How the programs of a pod ended; nothing while one does not.
    pub(crate) fn outcome(&self, pod: &Value) -> Option<Result<(), String>> {
        let processes = self.running.get(object::uid(pod)).into_iter().flatten();
        let mut outcomes = processes.map(|process| process.running.program.outcome());
        outcomes.try_fold(Ok(()), |so_far, outcome| Some(so_far.and(outcome?)))
    }

    /// All programs that run.
    pub(crate) fn all(&self) -> Vec<Arc<dyn Program>> {
        let processes = self.running.values().flatten();
        processes
            .map(|process| process.running.program.clone())
            .collect()
    }

    fn begin(&self, world: &Arc<World>, pod: &Value) -> Vec<Process> {
        object::items(pod, "/spec/containers")
            .filter_map(|container| {
                let image = object::text(container, "/image");
                let stated = self.stated.iter().rev().find(|stated| stated.is_for(image));
                match stated {
                    Some(stated) => Some(Arc::new(stated.clone()) as Arc<dyn Program>),
                    None => built_in(container, pod, Pod::of(world, pod)),
                }
            })
            .map(Process::begin)
            .collect()
    }
}

impl Process {
    fn begin(program: Arc<dyn Program>) -> Self {
        let work = program.clone().work();
        let ended = CancellationToken::new();
        Self {
            _work: work.map(|work| AbortOnDropHandle::new(tokio::spawn(work))),
            _end: ended.clone().drop_guard(),
            running: Running { program, ended },
        }
    }
}

/// The program that stands for a container.
fn built_in(container: &Value, object: &Value, pod: Pod) -> Option<Arc<dyn Program>> {
    let image = object::text(container, "/image");
    match last_part(image) {
        _ if container["name"] == "istio-proxy" => {
            let sidecar = Sidecar::of(container, pod)?;
            Some(Arc::new(sidecar))
        }
        "pilot" if object["metadata"]["labels"]["app"] == "istiod" => {
            Some(Arc::new(Istiod::begin(pod, object)))
        }
        "pilot" => Some(Arc::new(Pilot::begin(pod))),
        _ => Dial::of(container, pod.clone())
            .map(|dial| Arc::new(dial) as Arc<dyn Program>)
            .or_else(|| bookinfo::part(image, pod)),
    }
}

/// The name of an image without registry, folders and tag.
fn last_part(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split([':', '@']).next().unwrap_or_default()
}

/// The tag of an image.
fn tag(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split_once(':').map_or("latest", |(_, tag)| tag)
}

/// Begins the programs of pods that run, and ends those of pods that do not.
pub(crate) fn step(world: &Arc<World>, state: &mut State) {
    let mut pods = state.store.list("pods", None);
    pods.retain(|pod| is_running(pod));
    for pod in &pods {
        drop(state.programs.of(world, pod));
    }
    let there: BTreeSet<&str> = pods.iter().map(|pod| object::uid(pod)).collect();
    let running = &mut state.programs.running;
    running.retain(|uid, _| there.contains(uid.as_str()));
    let addresses = pods.iter().map(|pod| object::text(pod, "/status/podIP"));
    let mut answering: BTreeSet<String> = addresses.map(str::to_owned).collect();
    answering.extend(balanced(state));
    world.network().publish(world, answering);
}

/// The addresses of load balancers with something behind them.
fn balanced(state: &State) -> Vec<String> {
    let services = state.store.list("services", None);
    let services = services.iter().filter(|service| is_served(state, service));
    services
        .flat_map(|service| balancers(service).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Whether a load balancer with something behind it has this address and port.
pub(crate) fn balances(state: &State, address: &str, port: u16) -> bool {
    state.store.list("services", None).iter().any(|service| {
        balancers(service).any(|known| known == address)
            && object::items(service, "/spec/ports").any(|known| known["port"] == port)
            && is_served(state, service)
    })
}

/// Whether something takes connections at an address of a cluster: a pod on a port that it states,
/// a Service, or its balancer.
pub(crate) fn takes(state: &State, address: &str, port: u16) -> bool {
    let states = |pod: &Value| {
        object::items(pod, "/spec/containers")
            .flat_map(|container| object::items(container, "/ports"))
            .any(|known| known["containerPort"] == port)
    };
    let is_at = |pod: &Value| is_running(pod) && object::text(pod, "/status/podIP") == address;
    let is_service = |service: &Value| {
        object::text(service, "/spec/clusterIP") == address
            && object::items(service, "/spec/ports").any(|known| known["port"] == port)
            && is_served(state, service)
    };
    balances(state, address, port)
        || state
            .store
            .list("pods", None)
            .iter()
            .any(|pod| is_at(pod) && states(pod))
        || state
            .store
            .list("services", None)
            .iter()
            .any(|one| is_service(one))
}

fn balancers(service: &Value) -> impl Iterator<Item = &str> {
    object::items(service, "/status/loadBalancer/ingress")
        .map(|ingress| object::text(ingress, "/ip"))
}

fn is_served(state: &State, service: &Value) -> bool {
    let (namespace, name) = (object::namespace(service), object::name(service));
    let endpoints = state.store.get("endpoints", namespace, name);
    endpoints.is_some_and(|endpoints| endpoints.pointer("/subsets/0/addresses").is_some())
}

pub(crate) fn is_running(pod: &Value) -> bool {
    object::text(pod, "/status/phase") == "Running"
}
