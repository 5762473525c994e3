//! The sidecar of Istio 1.0: accepts connections once its control plane has configured it.
//!
//! The address of the control plane is fixed when the pod is created. A control plane that moves
//! later does not affect the sidecar; one that was never reachable does. Start at
//! [`Sidecar::from_container`].

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use sandbox::{Container, PodContext, Program, object, response};
use serde_json::Value;

use crate::control_plane::is_control_plane;

/// The argument before the address of the control plane.
const ADDRESS_FLAG: &str = "--discoveryAddress";

/// How often a control plane that does not respond is dialled again.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// A sidecar with the control plane that configures it.
#[derive(Debug)]
pub(crate) struct Sidecar {
    pod: PodContext,
    host: String,
    port: u16,
    is_configured: AtomicBool,
}

impl Sidecar {
    /// The sidecar in a container, if its arguments name a control plane.
    pub(crate) fn from_container(container: &Container<'_>) -> Option<Self> {
        let mut arguments = object::items(container.spec, "/args").filter_map(Value::as_str);
        arguments.find(|argument| *argument == ADDRESS_FLAG)?;
        let (host, port) = arguments.next()?.rsplit_once(':')?;
        Some(Self {
            pod: container.context(),
            host: host.to_owned(),
            // The port in the address selects the protocol; the sidecar dials another one.
            port: if port == "15005" { 15011 } else { 15010 },
            is_configured: AtomicBool::new(false),
        })
    }

    fn reaches_control_plane(&self) -> bool {
        self.addresses().iter().any(|address| {
            let backends = self.pod.backends(address, self.port);
            backends
                .iter()
                .any(|program| is_control_plane(program.as_ref()))
        })
    }

    /// The addresses of the host, which the DNS of the own cluster resolves.
    fn addresses(&self) -> Vec<String> {
        if self.host.parse::<IpAddr>().is_ok() {
            return vec![self.host.clone()];
        }
        let mut labels = self.host.split('.');
        let name = labels.next().unwrap_or_default();
        let namespace = labels.next().unwrap_or(self.pod.namespace());
        let Some(endpoints) = self.pod.object("endpoints", namespace, name) else {
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
        async { response::not_found() }.boxed()
    }

    fn run(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let work = async move {
            while !self.reaches_control_plane() {
                tokio::time::sleep(RETRY_INTERVAL).await;
            }
            self.is_configured.store(true, Ordering::Relaxed);
        };
        Some(work.boxed())
    }

    fn accepts_inbound(&self) -> bool {
        self.is_configured.load(Ordering::Relaxed)
    }
}
