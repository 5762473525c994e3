//! How a workload calls a Service of its namespace.
//!
//! Its name must be a Service of the caller's own cluster. With a sidecar the addresses are those
//! that the control plane knows, in all clusters; without, those of the caller's cluster. Several
//! take turns. Start at [`call`].

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::Value;

use super::Pod;
use crate::network::Unreached;
use crate::object;

/// Calls a Service, or says with which code the call fails for the caller.
pub(super) async fn call(
    pod: &Pod,
    service: &str,
    port: u16,
    path: &str,
) -> Result<Value, StatusCode> {
    let failed = StatusCode::INTERNAL_SERVER_ERROR;
    // A name that is not there cannot be resolved.
    let found = pod
        .read("services", &pod.namespace, service)
        .ok_or(failed)?;
    let port_name = object::items(&found, "/spec/ports")
        .find(|one| one["port"] == port)
        .map(|one| object::text(one, "/name").to_owned())
        .ok_or(failed)?;
    let has_sidecar = pod.has_sidecar();
    let addresses = if has_sidecar {
        let mesh = pod.mesh().ok_or(failed)?;
        mesh.addresses(&pod.namespace, service, &port_name)
    } else {
        let endpoints = pod.read("endpoints", &pod.namespace, service);
        endpoints.map_or_else(Vec::new, |endpoints| ready(&endpoints, &port_name))
    };
    let unavailable = if has_sidecar {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        failed
    };
    let (address, port) = pod.choose(&addresses).ok_or(unavailable)?;
    let program = pod
        .dial(address, *port)
        .map_err(|unreached| match unreached {
            Unreached::NoRoute => failed,
            Unreached::Refused => unavailable,
        })?;
    let request = Request::get(path).body(Bytes::new()).map_err(|_| failed)?;
    let response = program.respond(request).await;
    if response.status() != StatusCode::OK {
        return Err(response.status());
    }
    serde_json::from_slice(response.body()).map_err(|_| failed)
}

/// The ready addresses of an Endpoints object behind a port.
pub(super) fn ready(endpoints: &Value, port_name: &str) -> Vec<(String, u16)> {
    let mut found = Vec::new();
    for subset in object::items(endpoints, "/subsets") {
        let ports: Vec<u16> = object::items(subset, "/ports")
            .filter(|port| object::text(port, "/name") == port_name)
            .filter_map(|port| u16::try_from(object::number(port, "/port")?).ok())
            .collect();
        for address in object::items(subset, "/addresses") {
            let ip = object::text(address, "/ip");
            found.extend(ports.iter().map(|port| (ip.to_owned(), *port)));
        }
    }
    found
}
