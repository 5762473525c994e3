//! DELETE of one object and of a collection.
//!
//! The response is a `Status` for an object that is removed at once, otherwise the object. Start at
//! [`delete_one`].

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{ResolvedTarget, get, json_response, respond_ok};
use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::request::ApiRequest;
use crate::webhooks::{self, Review};
use crate::write::{self, DeleteOptions};

pub(super) fn delete_one(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let options = delete_options(request)?;
    let found = resolved.find(state)?;
    let kind = &resolved.kind;
    review(cluster, state, request, resolved, &found)?;
    let deleted = write::delete(state, kind, &found, &options)?;
    let still_exists = state
        .objects
        .get(
            kind.storage(),
            object::namespace(&found),
            object::name(&found),
        )
        .is_some();
    if still_exists || matches!(kind.id.as_str(), "pods" | "services" | "serviceaccounts") {
        return respond_ok(request, resolved, &deleted);
    }
    let mut details =
        json!({"name": object::name(&found), "kind": kind.plural, "uid": object::uid(&found)});
    if !kind.group.is_empty() {
        details["group"] = json!(kind.group);
    }
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": details,
    });
    Ok(json_response(StatusCode::OK, &status))
}

pub(super) fn delete_collection(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let options = delete_options(request)?;
    let found = get::selected(state, request, resolved)?;
    for object in &found {
        review(cluster, state, request, resolved, object)?;
        write::delete(state, &resolved.kind, object, &options)?;
    }
    let items: Vec<Value> = found
        .iter()
        .map(|object| resolved.in_requested_version(object))
        .collect();
    let list = json!({
        "kind": resolved.kind.list_kind,
        "apiVersion": resolved.kind.api_version(&resolved.target.version),
        "metadata": {"resourceVersion": state.objects.revision().to_string()}, "items": items,
    });
    Ok(json_response(StatusCode::OK, &list))
}

/// Calls the webhooks for a deletion.
fn review(
    cluster: &Cluster,
    state: &State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
    found: &Value,
) -> Result<(), ApiStatus> {
    let review = Review {
        operation: "DELETE",
        kind: &resolved.kind,
        subresource: "",
        identity: Some(&request.identity),
        old: Some(found),
        dry_run: request.is_dry(),
    };
    // A patch has no effect on an object that is deleted.
    webhooks::mutate(cluster, state, &review, &mut found.clone())?;
    webhooks::validate(cluster, state, &review, found)
}

/// The options of the body and of the query.
fn delete_options(request: &ApiRequest) -> Result<DeleteOptions, ApiStatus> {
    let body = if request.body.is_empty() {
        json!({})
    } else {
        request.object()?
    };
    let mut options = DeleteOptions::read(&body);
    options.dry_run |= request.is_dry();
    let policy = request.query.get("propagationPolicy");
    if !policy.is_empty() {
        policy.clone_into(&mut options.propagation);
    }
    if let Ok(grace) = request.query.get("gracePeriodSeconds").parse() {
        options.grace = Some(grace);
    }
    Ok(options)
}
