//! The proxy beside a workload: it counts the requests of the workload. That of Istio 1.0 accepts connections once
//! its control plane has configured it.
//!
//! The address of the control plane is fixed when the pod is created. A control plane that moves
//! later does not affect the sidecar; one that was never reachable does. Start at
//! [`Sidecar::from_container`].

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use sandbox::{Container, PodContext, Program, object};
use serde_json::Value;

use crate::control_plane::is_control_plane;
use crate::proxy_statistics::{ADMIN_PORT, ProxyStatistics};

/// The argument before the address of the control plane.
const ADDRESS_FLAG: &str = "--discoveryAddress";

/// How often a control plane that does not respond is dialled again.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// A sidecar with the control plane that configures it; none for a proxy of istiod, which is always configured.
#[derive(Debug)]
pub(crate) struct Sidecar {
    pod: PodContext,
    control_plane: Option<(String, u16)>,
    statistics: ProxyStatistics,
    is_configured: AtomicBool,
}

impl Sidecar {
    /// The proxy in a container, with the control plane that its arguments name.
    pub(crate) fn from_container(container: &Container<'_>) -> Self {
        let arguments = object::items(container.spec, "/args").filter_map(Value::as_str);
        let arguments: Vec<&str> = arguments.collect();
        let mut flags = arguments
            .iter()
            .skip_while(|argument| **argument != ADDRESS_FLAG);
        let address = flags.nth(1).and_then(|address| address.rsplit_once(':'));
        // The port in the address selects the protocol; the sidecar dials another one.
        let control_plane = address.map(|(host, port)| {
            let port = if port == "15005" { 15011 } else { 15010 };
            (host.to_owned(), port)
        });
        Self {
            pod: container.context(),
            is_configured: AtomicBool::new(control_plane.is_none()),
            control_plane,
            statistics: ProxyStatistics::default(),
        }
    }

    /// Whether it runs in a pod.
    pub(crate) fn is_in(&self, pod: &PodContext) -> bool {
        self.pod.namespace() == pod.namespace() && self.pod.name() == pod.name()
    }

    fn reaches_control_plane(&self) -> bool {
        let Some((host, port)) = &self.control_plane else {
            return true;
        };
        self.addresses(host).iter().any(|address| {
            let backends = self.pod.backends(address, *port);
            backends
                .iter()
                .any(|program| is_control_plane(program.as_ref()))
        })
    }

    /// The addresses of a host, which the DNS of the own cluster resolves.
    fn addresses(&self, host: &str) -> Vec<String> {
        if host.parse::<IpAddr>().is_ok() {
            return vec![host.to_owned()];
        }
        let mut labels = host.split('.');
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
    fn listens_on(&self, port: u16) -> bool {
        port == ADMIN_PORT
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move { self.statistics.respond(&request) }.boxed()
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

/// Counts a request of a pod to an endpoint of a Service of its namespace, at the proxy of the pod.
pub(crate) fn count_request(
    pod: &PodContext,
    (service, service_port): (&str, u16),
    (address, port): (&str, u16),
    has_failed: bool,
) {
    let host = format!("{service}.{}.svc.cluster.local", pod.namespace());
    let cluster = format!("outbound|{service_port}||{host}");
    for program in pod.programs() {
        let program: &dyn Program = program.as_ref();
        let program: &dyn Any = program;
        if let Some(sidecar) = program
            .downcast_ref::<Sidecar>()
            .filter(|sidecar| sidecar.is_in(pod))
        {
            let endpoint = (cluster.clone(), address.to_owned(), port);
            sidecar.statistics.count(endpoint, has_failed);
        }
    }
}
