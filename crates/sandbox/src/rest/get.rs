//! GET of one object and of many.
//!
//! Long lists are split by `limit` and `continue`. Start at [`get_one`] and [`list`].

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use parking_lot::MutexGuard;
use serde_json::{Value, json};

use super::{ResolvedTarget, json_response};
use crate::api_status::ApiStatus;
use crate::cluster::State;
use crate::representation::{Representation, partial_metadata};
use crate::request::ApiRequest;
use crate::selector::Selector;
use crate::table;

pub(super) fn get_one(state: &State, resolved: &ResolvedTarget) -> Result<Arc<Value>, ApiStatus> {
    resolved.find(state)
}

/// The objects that a list or deletecollection selects.
pub(super) fn selected(
    state: &State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Vec<Arc<Value>>, ApiStatus> {
    let selector = selector(request, resolved)?;
    let namespace = resolved.target.namespace.as_str();
    let namespace = (!namespace.is_empty()).then_some(namespace);
    let mut found = state.objects.list(resolved.kind.storage(), namespace);
    found.retain(|object| selector.matches(object));
    Ok(found)
}

/// The selector of a query.
pub(super) fn selector(
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Selector, ApiStatus> {
    let (labels, fields) = (
        request.query.get("labelSelector"),
        request.query.get("fieldSelector"),
    );
    let selector = Selector::parse(labels, fields).map_err(ApiStatus::bad_request)?;
    match selector.unsupported(resolved.kind.storage()) {
        Some(path) => Err(ApiStatus::bad_request(format!(
            "field label not supported: {path}"
        ))),
        None => Ok(selector),
    }
}

/// Responds with a list; the cluster is unlocked while the response is written.
pub(super) fn list(
    state: MutexGuard<'_, State>,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let representation = Representation::from_accept(request)?;
    let mut found = selected(&state, request, resolved)?;
    let (mut revision, mut start) = (state.objects.revision(), 0);
    drop(state);
    if let Some((at, skip)) = request.query.get("continue").split_once('-') {
        revision = at.parse().unwrap_or(revision);
        start = skip.parse().unwrap_or(0);
    }
    let total = found.len();
    found.drain(..start.min(total));
    let mut meta = json!({"resourceVersion": revision.to_string()});
    if let Some(limit) = request.query.number("limit").filter(|limit| *limit > 0)
        && found.len() as u64 > limit
    {
        meta["remainingItemCount"] = json!(found.len() as u64 - limit);
        found.truncate(limit as usize);
        meta["continue"] = json!(format!("{revision}-{}", start + found.len()));
    }
    let mut items: Vec<Value> = found
        .iter()
        .map(|object| resolved.in_requested_version(object))
        .collect();
    let kind = &resolved.kind;
    let value = match representation {
        Representation::Table => table::table(kind, &items, meta, request, request.received),
        Representation::Metadata => {
            let items: Vec<Value> = items.iter().map(partial_metadata).collect();
            json!({
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": meta, "items": items,
            })
        }
        Representation::Full => {
            // Items of built-in kinds do not repeat kind and version.
            if kind.crd.is_none() {
                for members in items.iter_mut().filter_map(Value::as_object_mut) {
                    members.remove("kind");
                    members.remove("apiVersion");
                }
            }
            json!({
                "kind": kind.list_kind, "apiVersion": kind.api_version(&resolved.target.version),
                "metadata": meta, "items": items,
            })
        }
    };
    Ok(json_response(StatusCode::OK, &value))
}
