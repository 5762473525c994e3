//! The programs of a cluster and their processes, by pod.
//!
//! A process ends with its pod. Start at [`Program`] and [`Programs`].

mod function;

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

pub(crate) use function::FunctionProgram;

use crate::admission_server::AdmissionServer;
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

    /// The part of the program that serves admission webhooks, if there is one.
    fn admission_server(&self) -> Option<&dyn AdmissionServer> {
        None
    }

    /// Whether the pod of this program accepts connections from other pods.
    fn accepts_inbound(&self) -> bool {
        true
    }
}

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

/// The started programs of one pod.
#[derive(Debug)]
struct PodProcesses {
    /// The UID of the pod: a pod of the same name is another one.
    uid: String,
    processes: Vec<Process>,
}

/// The programs of a cluster.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    /// The programs that tests and demonstrations add; they take precedence.
    pub(crate) functions: Vec<FunctionProgram>,
    /// The running programs, by namespace and name of their pod.
    processes: BTreeMap<(String, String), PodProcesses>,
}

impl Programs {
    /// Starts the programs of a pod.
    pub(crate) fn start(&mut self, pod: &Value, programs: Vec<Arc<dyn Program>>) {
        let started = PodProcesses {
            uid: object::uid(pod).to_owned(),
            processes: programs.into_iter().map(Process::start).collect(),
        };
        self.processes.insert(name(pod), started);
    }

    /// The programs of a pod; `None` when they are not started.
    pub(crate) fn of_pod(&self, pod: &Value) -> Option<Vec<RunningProgram>> {
        let found = self.processes.get(&name(pod))?;
        let processes = (found.uid == object::uid(pod)).then(|| found.processes.iter())?;
        Some(processes.map(|process| process.running.clone()).collect())
    }

    /// The added program for an image; the last one that matches takes precedence.
    pub(crate) fn function(&self, image: &str) -> Option<&FunctionProgram> {
        let mut functions = self.functions.iter().rev();
        functions.find(|function| function.matches(image))
    }

    /// How the programs of a pod ended; `None` while one of them runs.
    pub(crate) fn outcome(&self, pod: &Value) -> Option<Result<(), String>> {
        let running = self.of_pod(pod).unwrap_or_default();
        let mut outcomes = running.iter().map(|running| running.program.outcome());
        outcomes.try_fold(Ok(()), |total, outcome| Some(total.and(outcome?)))
    }

    /// All running programs.
    pub(crate) fn all(&self) -> Vec<Arc<dyn Program>> {
        let processes = self.processes.values().flat_map(|found| &found.processes);
        processes
            .map(|process| process.running.program.clone())
            .collect()
    }

    /// Ends the programs of the pod of this name.
    pub(crate) fn end(&mut self, namespace: &str, name: &str) {
        self.processes
            .remove(&(namespace.to_owned(), name.to_owned()));
    }
}

/// The namespace and the name of a pod.
fn name(pod: &Value) -> (String, String) {
    (
        object::namespace(pod).to_owned(),
        object::name(pod).to_owned(),
    )
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
