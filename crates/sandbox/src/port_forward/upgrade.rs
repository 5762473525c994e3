//! Which protocol a connection is switched to.
//!
//! Start at [`answer`].

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_util::sync::CancellationToken;

use super::{Forwarded, channels, of_kubelet, spdy, tunnel};
use crate::refusal::Refusal;
use crate::request::Query;

/// The protocol with two channels a port.
const CHANNELS: &str = "v4.channel.k8s.io";

/// SPDY inside a WebSocket.
const TUNNEL: &str = "SPDY/3.1+portforward.k8s.io";

/// The most ports on one connection; each takes two channels of the 256 there are.
const MOST_PORTS: usize = 64;

/// SPDY on its own, and what is spoken in it.
const SPDY: &str = "SPDY/3.1";
const STREAMS: &str = "portforward.k8s.io";

/// Switches a connection to what its client asks for; it lasts until this token ends.
pub(super) async fn answer(
    pod: Forwarded,
    mut parts: Parts,
    ended: CancellationToken,
) -> Result<Response<Body>, Refusal> {
    let wanted = parts.headers.get(header::UPGRADE);
    let wanted = wanted
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if wanted.eq_ignore_ascii_case(SPDY) {
        return streams(pod, parts, ended);
    }
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        return Err(required());
    };
    let upgrade = upgrade.protocols([TUNNEL, CHANNELS]);
    let chosen = upgrade.selected_protocol().cloned();
    let ports = ports(&parts);
    if chosen.as_ref().is_some_and(|chosen| chosen == TUNNEL) {
        return Ok(upgrade.on_upgrade(async move |socket| {
            ended.run_until_cancelled(tunnel::serve(socket, pod)).await;
        }));
    }
    if chosen.is_none() {
        return Err(Refusal::bad_request(format!(
            "unable to negotiate protocol: the sandbox speaks {CHANNELS} and {TUNNEL}"
        )));
    }
    if ports.is_empty() {
        let said = "query parameter \"ports\" is required".to_owned();
        return Ok(of_kubelet(StatusCode::BAD_REQUEST, said));
    }
    Ok(upgrade.on_upgrade(async move |socket| {
        let serving = channels::serve(socket, pod, ports);
        ended.run_until_cancelled(serving).await;
    }))
}

fn required() -> Refusal {
    Refusal::bad_request("Upgrade request required")
}

/// Switches to SPDY without a WebSocket around it.
fn streams(
    pod: Forwarded,
    mut parts: Parts,
    ended: CancellationToken,
) -> Result<Response<Body>, Refusal> {
    let upgrade = parts
        .extensions
        .remove::<OnUpgrade>()
        .ok_or_else(required)?;
    tokio::spawn(ended.run_until_cancelled_owned(async move {
        // A connection that is not switched is the client's affair.
        if let Ok(upgraded) = upgrade.await {
            spdy::serve(TokioIo::new(upgraded), pod).await;
        }
    }));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static(SPDY));
    headers.insert(
        "x-stream-protocol-version",
        HeaderValue::from_static(STREAMS),
    );
    Ok(response)
}

/// The ports of the query, which come singly or parted by commas.
fn ports(parts: &Parts) -> Vec<u16> {
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    query
        .all("ports")
        .flat_map(|some| some.split(','))
        .filter_map(|port| port.trim().parse().ok())
        .take(MOST_PORTS)
        .collect()
}
