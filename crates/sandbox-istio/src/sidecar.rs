//! The sidecar of the legacy line: lets calls in once its control plane has told it how.
//!
//! The address it dials is fixed when the pod is made. A control plane that moves away later does
//! not harm it; one that was never there does. Start at [`Sidecar::of`].

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;

use super::{Pod, Program, reply};
use crate::object;

/// What stands before the address among the arguments.
const ADDRESS: &str = "--discoveryAddress";

/// How often a control plane that does not answer is dialled again.
const EVERY: Duration = Duration::from_millis(200);

/// A sidecar and the control plane it begins with.
#[derive(Debug)]
pub(super) struct Sidecar {
    pod: Pod,
    host: String,
    port: u16,
    is_told: AtomicBool,
}

impl Sidecar {
    /// The sidecar in a container, if its arguments name a control plane.
    pub(super) fn of(container: &Value, pod: Pod) -> Option<Self> {
        let mut arguments = object::items(container, "/args").filter_map(Value::as_str);
        arguments.find(|argument| *argument == ADDRESS)?;
        let (host, port) = arguments.next()?.rsplit_once(':')?;
        Some(Self {
            pod,
            host: host.to_owned(),
            // The stated port says how to talk; what is dialled is another one.
            port: if port == "15005" { 15011 } else { 15010 },
            is_told: AtomicBool::new(false),
        })
    }

    fn reaches(&self) -> bool {
        self.addresses()
            .iter()
            .any(|address| self.pod.finds_control_plane(address, self.port))
    }

    /// The addresses of the host, by name as the pod's cluster knows it.
    fn addresses(&self) -> Vec<String> {
        if self.host.parse::<IpAddr>().is_ok() {
            return vec![self.host.clone()];
        }
        let mut names = self.host.split('.');
        let name = names.next().unwrap_or_default();
        let namespace = names.next().unwrap_or(&self.pod.namespace);
        let Some(endpoints) = self.pod.read("endpoints", namespace, name) else {
            return Vec::new();
        };
        object::items(&endpoints, "/subsets")
            .flat_map(|subset| object::items(subset, "/addresses"))
            .map(|address| object::text(address, "/ip").to_owned())
            .collect()
    }
}

impl Program for Sidecar {
    fn listens_on(&self, _port: u16) -> bool {
        false
    }

    fn respond(&self, _request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async { reply::not_found() }.boxed()
    }

    fn work(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let work = async move {
            while !self.reaches() {
                tokio::time::sleep(EVERY).await;
            }
            self.is_told.store(true, Ordering::Relaxed);
        };
        Some(work.boxed())
    }

    fn lets_in(&self) -> bool {
        self.is_told.load(Ordering::Relaxed)
    }
}
