//! A call of a workload to a Service of its namespace.
//!
//! The name must be a Service of the own cluster. With a sidecar, the endpoints are those that the
//! control plane knows in all clusters; without one, they are those of the own cluster. Calls use
//! the endpoints in turn. Start at [`call`].

use bytes::Bytes;
use http::{Request, StatusCode};
use sandbox::{DialError, object};
use serde_json::Value;

use crate::registry::ready_addresses;
use crate::sidecar::count_request;
use crate::workload::Workload;

/// Calls a Service; the error is the status code that the caller sees.
pub(crate) async fn call(
    workload: &Workload,
    service: &str,
    port: u16,
    path: &str,
) -> Result<Value, StatusCode> {
    let pod = &workload.pod;
    let failed = StatusCode::INTERNAL_SERVER_ERROR;
    // DNS does not resolve the name of a Service that does not exist.
    let found = pod
        .object("services", pod.namespace(), service)
        .ok_or(failed)?;
    let port_name = object::items(&found, "/spec/ports")
        .find(|spec| spec["port"] == port)
        .map(|spec| object::text(spec, "/name").to_owned())
        .ok_or(failed)?;
    let has_sidecar = workload.has_sidecar();
    let addresses = if has_sidecar {
        let mesh = workload.mesh().ok_or(failed)?;
        mesh.addresses(pod.namespace(), service, &port_name)
    } else {
        let endpoints = pod.object("endpoints", pod.namespace(), service);
        endpoints.map_or_else(Vec::new, |endpoints| {
            ready_addresses(&endpoints, &port_name)
        })
    };
    let unavailable = if has_sidecar {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        failed
    };
    let (address, target_port) = workload.next(&addresses).ok_or(unavailable)?;
    let outcome = request(workload, address, *target_port, path, unavailable).await;
    if has_sidecar {
        let is_failure = outcome.as_ref().is_err_and(StatusCode::is_server_error);
        let endpoint = (address.as_str(), *target_port);
        count_request(pod, (service, port), endpoint, is_failure);
    }
    outcome
}

/// Sends a request to an endpoint.
async fn request(
    workload: &Workload,
    address: &str,
    port: u16,
    path: &str,
    unavailable: StatusCode,
) -> Result<Value, StatusCode> {
    let failed = StatusCode::INTERNAL_SERVER_ERROR;
    let program = workload
        .pod
        .dial(address, port)
        .map_err(|error| match error {
            DialError::NoRoute => failed,
            DialError::ConnectionRefused => unavailable,
        })?;
    let request = Request::get(path).body(Bytes::new()).map_err(|_| failed)?;
    let response = program.respond(request).await;
    if response.status() != StatusCode::OK {
        return Err(response.status());
    }
    serde_json::from_slice(response.body()).map_err(|_| failed)
}
