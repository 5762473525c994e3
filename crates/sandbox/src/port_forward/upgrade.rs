//! The upgrade of a connection to the protocol of its client.
//!
//! Start at [`handle`].

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_util::sync::CancellationToken;

use super::{PortForwardTarget, kubelet_response, spdy, tunnel, websocket};
use crate::api_status::ApiStatus;
use crate::request::Query;

/// The protocol with two channels per port.
const WEBSOCKET_PROTOCOL: &str = "v4.channel.k8s.io";

/// SPDY inside a WebSocket.
const TUNNEL_PROTOCOL: &str = "SPDY/3.1+portforward.k8s.io";

/// The maximum number of ports on one connection; each uses two of 256 channels.
const MAX_PORTS: usize = 64;

/// SPDY without a WebSocket, and the protocol of its streams.
const SPDY_PROTOCOL: &str = "SPDY/3.1";
const STREAM_PROTOCOL: &str = "portforward.k8s.io";

/// Upgrades a connection to the protocol that the client requests, until the token is cancelled.
pub(super) async fn handle(
    pod: PortForwardTarget,
    mut parts: Parts,
    ended: CancellationToken,
) -> Result<Response<Body>, ApiStatus> {
    let requested = parts.headers.get(header::UPGRADE);
    let requested = requested
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if requested.eq_ignore_ascii_case(SPDY_PROTOCOL) {
        return upgrade_to_spdy(pod, parts, ended);
    }
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        return Err(upgrade_required());
    };
    let upgrade = upgrade.protocols([TUNNEL_PROTOCOL, WEBSOCKET_PROTOCOL]);
    let chosen = upgrade.selected_protocol().cloned();
    let ports = ports(&parts);
    if chosen
        .as_ref()
        .is_some_and(|chosen| chosen == TUNNEL_PROTOCOL)
    {
        return Ok(upgrade.on_upgrade(async move |socket| {
            ended.run_until_cancelled(tunnel::serve(socket, pod)).await;
        }));
    }
    if chosen.is_none() {
        return Err(ApiStatus::bad_request(format!(
            "unable to negotiate protocol: the sandbox supports {WEBSOCKET_PROTOCOL} and {TUNNEL_PROTOCOL}"
        )));
    }
    if ports.is_empty() {
        let message = "query parameter \"ports\" is required".to_owned();
        return Ok(kubelet_response(StatusCode::BAD_REQUEST, message));
    }
    Ok(upgrade.on_upgrade(async move |socket| {
        let serving = websocket::serve(socket, pod, ports);
        ended.run_until_cancelled(serving).await;
    }))
}

fn upgrade_required() -> ApiStatus {
    ApiStatus::bad_request("Upgrade request required")
}

/// Upgrades to SPDY without a WebSocket.
fn upgrade_to_spdy(
    pod: PortForwardTarget,
    mut parts: Parts,
    ended: CancellationToken,
) -> Result<Response<Body>, ApiStatus> {
    let upgrade = parts
        .extensions
        .remove::<OnUpgrade>()
        .ok_or_else(upgrade_required)?;
    tokio::spawn(ended.run_until_cancelled_owned(async move {
        // A connection that the client does not upgrade is of no interest.
        if let Ok(upgraded) = upgrade.await {
            spdy::serve(TokioIo::new(upgraded), pod).await;
        }
    }));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static(SPDY_PROTOCOL));
    headers.insert(
        "x-stream-protocol-version",
        HeaderValue::from_static(STREAM_PROTOCOL),
    );
    Ok(response)
}

/// The ports of the query, in one or several parameters, separated by commas.
fn ports(parts: &Parts) -> Vec<u16> {
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    query
        .all("ports")
        .flat_map(|list| list.split(','))
        .filter_map(|port| port.trim().parse().ok())
        .take(MAX_PORTS)
        .collect()
}
