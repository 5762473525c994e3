//! Simulates kubelets and a cloud provider: nodes become Ready, pods run, load balancers get addresses.
//!
//! Each module is a loop that never ends; [`Agent`] runs all loops on one thread, so that they outlive
//! the test that started them. [`nodes`] and [`pods`] replace a kubelet, [`load_balancers`] replaces a
//! cloud provider; they are independent of each other.

mod addresses;
mod events;
pub(crate) mod load_balancers;
mod nodes;
mod pods;
mod pull_failures;
mod status;

use crate::{ClusterConfig, Error, access::Access};
use std::{
    sync::{Arc, mpsc},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

pub(crate) use pull_failures::PullFailures;

/// The agent of one cluster; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Agent {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Agent {
    pub(crate) fn start(
        access: Access,
        config: ClusterConfig,
        pull_failures: Arc<PullFailures>,
    ) -> Result<Self, Error> {
        let (stop, stopped) = oneshot::channel();
        let (start_sender, start_receiver) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name(format!("{} agent", config.name))
            .spawn(move || run(access, &config, &pull_failures, stopped, &start_sender))
            .map_err(|source| Error::Start {
                program: "the node agent".into(),
                source,
            })?;
        start_receiver.recv().unwrap_or(Err(Error::Background(
            "the node agent did not start".into(),
        )))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn is_running(&self) -> bool {
        self.thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    access: Access,
    config: &ClusterConfig,
    pull_failures: &PullFailures,
    stopped: oneshot::Receiver<()>,
    started: &mpsc::Sender<Result<(), Error>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(source) => {
            let program = "the node agent's runtime".to_owned();
            let _ = started.send(Err(Error::Start { program, source }));
            return;
        }
    };
    runtime.block_on(async {
        let client = match access.client("admin") {
            Ok(client) => client,
            Err(error) => {
                let _ = started.send(Err(error));
                return;
            }
        };
        let _ = started.send(Ok(()));
        tokio::select! {
            _ = stopped => {}
            () = nodes::run(client.clone(), config) => {}
            () = pods::run(client.clone(), config, pull_failures) => {}
            () = load_balancers::run(client.clone(), config.balancers()) => {}
        }
    });
}

/// The current time in the format of Kubernetes objects.
fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}
