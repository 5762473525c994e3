//! The subresources of objects: status, scale, token, log, finalize and eviction.
//!
//! Start at [`handle`].

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{ResolvedTarget, eviction, json_response, log, patch, respond_ok, review, update};
use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::patch as patches;
use crate::request::ApiRequest;
use crate::write::{self, Writer};

pub(super) fn handle(
    cluster: &Arc<Cluster>,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let subresource = resolved.target.subresource.as_str();
    if !resolved.kind.has(subresource) {
        return Err(ApiStatus::no_such_path());
    }
    match (subresource, &request.method) {
        ("status", &Method::GET) => respond_ok(request, resolved, &*resolved.find(state)?),
        ("status", &Method::PUT) => {
            let result = update::update(cluster, state, request, resolved)?;
            result.respond(request, resolved)
        }
        ("status", &Method::PATCH) => {
            let result = patch::patch(cluster, state, request, resolved)?;
            result.respond(request, resolved)
        }
        ("scale", _) => scale(cluster, state, request, resolved),
        ("token", &Method::POST) => {
            let account = resolved.find(state)?;
            let result = review::token(state, &resolved.kind, &account, &request.object()?)?;
            Ok(json_response(StatusCode::CREATED, &result))
        }
        ("log", &Method::GET) => log::log(state, request, resolved),
        ("finalize", &Method::PUT) => finalize(state, request, resolved),
        ("eviction", &Method::POST) => eviction::evict(state, request, resolved),
        _ => Err(ApiStatus::method_not_allowed()),
    }
}

fn scale(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let found = resolved.find(state)?;
    let before = scale_of(&found);
    let desired = match request.method {
        Method::GET => return Ok(json_response(StatusCode::OK, &before)),
        Method::PUT => request.object()?,
        Method::PATCH => patches::merge(&before, &request.object()?),
        _ => return Err(ApiStatus::method_not_allowed()),
    };
    let mut after = found.as_ref().clone();
    after["spec"]["replicas"] = json!(object::number(&desired, "/spec/replicas").unwrap_or(0));
    let revision = object::text(&desired, "/metadata/resourceVersion").to_owned();
    object::meta(&mut after).insert("resourceVersion".into(), json!(revision));
    let writer = Writer {
        manager: request.manager(),
        subresource: "scale".to_owned(),
        dry_run: request.is_dry(),
        identity: Some(request.identity.clone()),
        applied: None,
    };
    let result = write::replace(cluster, state, &resolved.kind, &found, after, writer)?;
    Ok(json_response(StatusCode::OK, &scale_of(&result)))
}

fn scale_of(found: &Value) -> Value {
    let meta = &found["metadata"];
    let labels = object::pairs(found, "/spec/selector/matchLabels");
    let selector: Vec<String> = labels
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"],
            "resourceVersion": meta["resourceVersion"],
            "creationTimestamp": meta["creationTimestamp"],
        },
        "spec": {"replicas": found["spec"]["replicas"]},
        "status": {
            "replicas": object::number(found, "/status/replicas").unwrap_or(0),
            "selector": selector.join(","),
        },
    })
}

/// Sets the finalizers of a namespace.
fn finalize(
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let found = resolved.find(state)?;
    let specified = request.object()?;
    let mut after = found.as_ref().clone();
    after["spec"]["finalizers"] =
        json!(object::items(&specified, "/spec/finalizers").collect::<Vec<_>>());
    let stored = state.objects.put(resolved.kind.storage(), after);
    write::delete::remove_if_finalized(state, &resolved.kind, &stored);
    respond_ok(request, resolved, &stored)
}
