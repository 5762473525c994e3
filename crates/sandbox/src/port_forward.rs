//! Port-forward: a connection to a program in a pod, through the API server.
//!
//! Permissions and error messages are those of the API server and the kubelet. Only a connection
//! over TCP can be upgraded, so the in-process service rejects these requests. kube-rs speaks [`websocket`], kubectl uses [`spdy`],
//! which it may put into a [`tunnel`]. Start at [`handle`].

mod spdy;
mod stream;
mod tunnel;
mod upgrade;
mod websocket;

use std::sync::Arc;

use axum::body::Body;
use http::request::Parts;
use http::{Method, Response, StatusCode, header};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::access::Identity;
use crate::api_status::ApiStatus;
use crate::cluster::Cluster;
use crate::object;
use crate::programs;
use crate::request::Target;
use crate::rest::authorize;

/// The pod that a port-forward path names.
pub(crate) fn pod_target(path: &str) -> Option<Target> {
    Target::parse(path).filter(|target| {
        target.group.is_empty() && target.plural == "pods" && target.subresource == "portforward"
    })
}

/// A pod as it was when the port-forward was requested.
#[derive(Clone, Debug)]
pub(crate) struct PortForwardTarget {
    cluster: Arc<Cluster>,
    pod: Arc<Value>,
}

/// Handles a port-forward request.
pub(crate) async fn handle(
    cluster: &Arc<Cluster>,
    identity: &Identity,
    target: &Target,
    parts: Parts,
    upgrades: Option<&CancellationToken>,
) -> Result<Response<Body>, ApiStatus> {
    let pod = authorized_pod(cluster, identity, target, &parts)?;
    if !programs::is_running(&pod) {
        let message = format!(
            "failed to find sandboxID for pod {}_{}",
            object::name(&pod),
            object::namespace(&pod)
        );
        return Ok(kubelet_response(StatusCode::INTERNAL_SERVER_ERROR, message));
    }
    let Some(upgrades) = upgrades else {
        return Err(ApiStatus::bad_request(
            "Upgrade request required: this in-process service of the sandbox cannot \
             upgrade connections; use an HTTPS server of the sandbox",
        ));
    };
    let target = PortForwardTarget {
        cluster: cluster.clone(),
        pod,
    };
    upgrade::handle(target, parts, upgrades.child_token()).await
}

/// The pod, if the caller may forward its ports.
fn authorized_pod(
    cluster: &Cluster,
    identity: &Identity,
    target: &Target,
    parts: &Parts,
) -> Result<Arc<Value>, ApiStatus> {
    let state = cluster.lock();
    let verb = match parts.method {
        Method::GET => "get",
        Method::POST => "create",
        _ => return Err(ApiStatus::method_not_allowed()),
    };
    authorize(&state, identity, verb, target)?;
    if verb == "get" && requires_create(&cluster.config.version) {
        authorize(&state, identity, "create", target)?;
    }
    let kind = state
        .kinds
        .by_id("pods")
        .ok_or_else(ApiStatus::no_such_path)?;
    let pod = state
        .objects
        .get("pods", &target.namespace, &target.name)
        .ok_or_else(|| ApiStatus::not_found(kind, &target.name))?;
    if object::text(&pod, "/spec/nodeName").is_empty() {
        let message = format!("pod {} does not have a host assigned", target.name);
        return Err(ApiStatus::bad_request(message));
    }
    Ok(pod)
}

/// Since 1.35 an upgrade to WebSocket also needs the permission `create`.
fn requires_create(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.');
    let mut next = || numbers.next().and_then(|number| number.parse().ok());
    (next().unwrap_or(1_u32), next().unwrap_or(0_u32)) >= (1, 35)
}

/// A response of the kubelet, which the API server passes on unchanged.
fn kubelet_response(code: StatusCode, message: String) -> Response<Body> {
    let mut response = Response::new(Body::from(message));
    *response.status_mut() = code;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::requires_create;

    #[test]
    fn servers_since_1_35_require_the_create_permission() {
        let requiring = ["v1.36.3", "v1.35.0", "v2.0.0"];
        assert!(requiring.into_iter().all(requires_create));
        assert!(!["v1.34.9", "v1.28.0"].into_iter().any(requires_create));
    }
}
