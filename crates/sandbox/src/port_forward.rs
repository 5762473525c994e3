//! Port-forward: a connection to a program in a pod, through the API server.
//!
//! Rights and refusals are those of API server and kubelet. Only a connection over TCP can be
//! switched, so the in-process service refuses. kube-rs speaks [`channels`], kubectl [`spdy`], which
//! it may put into a [`tunnel`]. Start at [`answer`].

mod channels;
mod spdy;
mod stream;
mod tunnel;
mod upgrade;

use std::sync::Arc;

use axum::body::Body;
use http::request::Parts;
use http::{Method, Response, StatusCode, header};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::access::Identity;
use crate::inside;
use crate::object;
use crate::refusal::Refusal;
use crate::request::Target;
use crate::rest::authorize;
use crate::world::World;

/// The pod whose ports a path asks for.
pub(crate) fn asked_for(path: &str) -> Option<Target> {
    Target::parse(path).filter(|target| {
        target.group.is_empty() && target.plural == "pods" && target.subresource == "portforward"
    })
}

/// A pod as it was when its ports were asked for.
#[derive(Clone, Debug)]
pub(crate) struct Forwarded {
    world: Arc<World>,
    pod: Arc<Value>,
}

/// Answers a request for the ports of a pod.
pub(crate) async fn answer(
    world: &Arc<World>,
    who: &Identity,
    target: &Target,
    parts: Parts,
    listening: Option<&CancellationToken>,
) -> Result<Response<Body>, Refusal> {
    let pod = allowed(world, who, target, &parts)?;
    if !inside::is_running(&pod) {
        let said = format!(
            "failed to find sandboxID for pod {}_{}",
            object::name(&pod),
            object::namespace(&pod)
        );
        return Ok(of_kubelet(StatusCode::INTERNAL_SERVER_ERROR, said));
    }
    let Some(listening) = listening else {
        return Err(Refusal::bad_request(
            "Upgrade request required: this in-process service of the sandbox cannot switch \
             protocols; ports are forwarded where the sandbox listens",
        ));
    };
    let forwarded = Forwarded {
        world: world.clone(),
        pod,
    };
    upgrade::answer(forwarded, parts, listening.child_token()).await
}

/// The pod, if the caller may have its ports.
fn allowed(
    world: &World,
    who: &Identity,
    target: &Target,
    parts: &Parts,
) -> Result<Arc<Value>, Refusal> {
    let state = world.lock();
    let verb = match parts.method {
        Method::GET => "get",
        Method::POST => "create",
        _ => return Err(Refusal::method_not_allowed()),
    };
    authorize(&state, who, verb, target)?;
    if verb == "get" && asks_for_create(&world.shape.version) {
        authorize(&state, who, "create", target)?;
    }
    let kind = state
        .kinds
        .by_id("pods")
        .ok_or_else(Refusal::no_such_path)?;
    let pod = state
        .store
        .get("pods", &target.namespace, &target.name)
        .ok_or_else(|| Refusal::not_found(kind, &target.name))?;
    if object::text(&pod, "/spec/nodeName").is_empty() {
        let said = format!("pod {} does not have a host assigned", target.name);
        return Err(Refusal::bad_request(said));
    }
    Ok(pod)
}

/// From 1.35 on a switch to WebSocket needs the right to create, too.
fn asks_for_create(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.');
    let mut next = || numbers.next().and_then(|number| number.parse().ok());
    (next().unwrap_or(1_u32), next().unwrap_or(0_u32)) >= (1, 35)
}

/// What a kubelet says is passed on as it is.
fn of_kubelet(code: StatusCode, said: String) -> Response<Body> {
    let mut response = Response::new(Body::from(said));
    *response.status_mut() = code;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::asks_for_create;

    #[test]
    fn only_newer_servers_ask_for_the_right_to_create() {
        let asking = ["v1.36.3", "v1.35.0", "v2.0.0"];
        assert!(asking.into_iter().all(asks_for_create));
        assert!(!["v1.34.9", "v1.28.0"].into_iter().any(asks_for_create));
    }
}
