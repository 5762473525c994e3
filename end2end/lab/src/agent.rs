//! Stands in for what real nodes and clouds do: nodes that are Ready, pods that run, balancers that
//! have an address.
//!
//! Each part is a file with a future of its own that never ends; [`Agent`] gives all of them a thread,
//! so that they outlive the test that started them. A real kubelet takes the place of [`nodes`] and
//! [`pods`], a real load balancer that of [`balancer`]; neither knows the others.

mod addresses;
mod events;
mod load_balancers;

mod nodes;
mod pull_failures;
mod pods;
mod status;


use crate::{Error, Shape, access::Access};
use std::{
    sync::{Arc, mpsc},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

pub(crate) use pull_failures::Orders;

/// The agent of one cluster; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Agent {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Agent {
    pub(crate) fn start(access: Access, shape: Shape, orders: Arc<Orders>) -> Result<Self, Error> {
        let (stop, stopped) = oneshot::channel();
        let (began, begun) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name(format!("{} agent", shape.name))
            .spawn(move || work(access, &shape, &orders, stopped, &began))
            .map_err(|source| Error::Start {
                program: "the node agent".into(),
                source,
            })?;
        begun.recv().unwrap_or(Err(Error::Background(
            "the node agent did not begin".into(),
        )))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn works(&self) -> bool {
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

fn work(
    access: Access,
    shape: &Shape,
    orders: &Orders,
    stopped: oneshot::Receiver<()>,
    began: &mpsc::Sender<Result<(), Error>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(source) => {
            let program = "the node agent's runtime".to_owned();
            let _ = began.send(Err(Error::Start { program, source }));
            return;
        }
    };
    runtime.block_on(async {
        let client = match access.client("admin") {
            Ok(client) => client,
            Err(error) => {
                let _ = began.send(Err(error));
                return;
            }
        };
        let _ = began.send(Ok(()));
        tokio::select! {
            _ = stopped => {}
            () = nodes::keep(client.clone(), shape) => {}
            () = pods::keep(client.clone(), shape, orders) => {}
            () = load_balancers::keep(client.clone(), shape) => {}
        }
    });
}

/// The time, as objects carry it.
fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}
