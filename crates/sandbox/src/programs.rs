//! The simulated programs that run in the pods of a sandbox.
//!
//! Each container of a running pod may have a program, chosen by [`Programs::start`]. A program
//! starts when its pod is first seen running and ends with the pod. Start at [`Program`].

mod container;
mod function;
mod pod_context;
mod reachability;
pub mod response;
mod tcp_probe;

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::AbortOnDropHandle;

pub use container::{Container, image_name, image_tag};
pub(crate) use function::FunctionProgram;
pub use pod_context::PodContext;
pub(crate) use reachability::{accepts_connections, has_load_balancer, reconcile};
use tcp_probe::TcpProbe;

use crate::cluster::Cluster;
use crate::object;

/// A simulated program that runs in a container.
///
/// Other programs of the same cluster can find it by its type: the trait has [`Any`] as a
/// supertrait.
pub trait Program: Any + Debug + Send + Sync {
    /// Whether the program listens on a port.
    fn listens_on(&self, port: u16) -> bool;

    /// Responds to one HTTP request.
    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>>;

    /// The background work of the program until its pod ends, if there is any.
    ///
    /// The cluster is locked while this function is called, but not while the future runs.
    fn run(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        None
    }

    /// How the program ended, for programs that run to completion; `None` while it runs.
    fn outcome(&self) -> Option<Result<(), String>> {
        Some(Ok(()))
    }

    /// Whether the pod of this program accepts connections from other pods.
    fn accepts_inbound(&self) -> bool {
        true
    }
}

/// Chooses the program of a container, or `None` for a container that is none of its own.
pub(crate) type ProgramFactory = dyn Fn(&Container<'_>) -> Option<Arc<dyn Program>> + Send + Sync;

/// A started program with its background task.
#[derive(Debug)]
struct Process {
    running: RunningProgram,
    _task: Option<AbortOnDropHandle<()>>,
    _ended: DropGuard,
}

/// A running program and the token that is cancelled when it ends.
#[derive(Clone, Debug)]
pub(crate) struct RunningProgram {
    pub(crate) program: Arc<dyn Program>,
    pub(crate) ended: CancellationToken,
}

/// The programs of a cluster.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    /// The programs that tests and demonstrations add; they take precedence.
    pub(crate) functions: Vec<FunctionProgram>,
    /// The running programs, by the UID of their pod.
    processes: BTreeMap<String, Vec<Process>>,
}

impl Programs {
    /// The programs of a pod, which are started if necessary; a pod that is not running has none.
    pub(crate) fn of_pod(&mut self, cluster: &Arc<Cluster>, pod: &Value) -> Vec<RunningProgram> {
        if !is_running(pod) {
            return Vec::new();
        }
        let uid = object::uid(pod).to_owned();
        if !self.processes.contains_key(&uid) {
            let started = self.start(cluster, pod);
            self.processes.insert(uid.clone(), started);
        }
        let processes = self.processes.get(&uid).into_iter().flatten();
        processes.map(|process| process.running.clone()).collect()
    }

    /// How the programs of a pod ended; `None` while one of them runs.
    pub(crate) fn outcome(&self, pod: &Value) -> Option<Result<(), String>> {
        let processes = self.processes.get(object::uid(pod)).into_iter().flatten();
        let mut outcomes = processes.map(|process| process.running.program.outcome());
        outcomes.try_fold(Ok(()), |total, outcome| Some(total.and(outcome?)))
    }

    /// All running programs.
    pub(crate) fn all(&self) -> Vec<Arc<dyn Program>> {
        let processes = self.processes.values().flatten();
        processes
            .map(|process| process.running.program.clone())
            .collect()
    }

    /// Ends the programs of all other pods.
    fn retain(&mut self, is_running: impl Fn(&str) -> bool) {
        self.processes.retain(|uid, _| is_running(uid));
    }

    fn start(&self, cluster: &Arc<Cluster>, pod: &Value) -> Vec<Process> {
        object::items(pod, "/spec/containers")
            .filter_map(|spec| {
                let container = Container::new(pod, spec, PodContext::new(cluster, pod));
                self.program(cluster, &container)
            })
            .map(Process::start)
            .collect()
    }

    /// The program of a container: an added one, a built-in one, or one of an extension.
    fn program(&self, cluster: &Cluster, container: &Container<'_>) -> Option<Arc<dyn Program>> {
        let mut functions = self.functions.iter().rev();
        if let Some(function) = functions.find(|function| function.matches(container.image())) {
            return Some(Arc::new(function.clone()));
        }
        if let Some(probe) = TcpProbe::from_container(container) {
            return Some(Arc::new(probe));
        }
        let factories = cluster.config.extensions.iter();
        factories
            .flat_map(|extension| &extension.programs)
            .find_map(|factory| factory(container))
    }
}

impl Process {
    fn start(program: Arc<dyn Program>) -> Self {
        let work = program.clone().run();
        let ended = CancellationToken::new();
        Self {
            _task: work.map(|work| AbortOnDropHandle::new(tokio::spawn(work))),
            _ended: ended.clone().drop_guard(),
            running: RunningProgram { program, ended },
        }
    }
}

/// Whether a pod is in the phase `Running`.
pub(crate) fn is_running(pod: &Value) -> bool {
    object::text(pod, "/status/phase") == "Running"
}
