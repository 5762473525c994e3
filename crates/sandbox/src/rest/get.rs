//! GET of one object and of many.
//!
//! Long lists are cut with `limit` and go on with `continue`. Start at [`get`] and [`list`].

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{About, Form, json_answer, metadata_of};
use crate::refusal::Refusal;
use crate::request::Call;
use crate::select::Selection;
use crate::table;
use crate::world::State;

pub(super) fn get(state: &State, about: &About) -> Result<Arc<Value>, Refusal> {
    about.find(state)
}

/// The objects a list or deletecollection is about.
pub(super) fn selected(
    state: &State,
    call: &Call,
    about: &About,
) -> Result<Vec<Arc<Value>>, Refusal> {
    let selection = selection(call, about)?;
    let namespace = about.target.namespace.as_str();
    let namespace = (!namespace.is_empty()).then_some(namespace);
    let mut found = state.store.list(about.kind.storage(), namespace);
    found.retain(|object| selection.takes(object));
    Ok(found)
}

/// The selection of a query.
pub(crate) fn selection(call: &Call, about: &About) -> Result<Selection, Refusal> {
    let (labels, fields) = (
        call.query.get("labelSelector"),
        call.query.get("fieldSelector"),
    );
    let selection = Selection::parse(labels, fields).map_err(Refusal::bad_request)?;
    match selection.unsupported(about.kind.storage()) {
        Some(path) => Err(Refusal::bad_request(format!(
            "field label not supported: {path}"
        ))),
        None => Ok(selection),
    }
}

pub(super) fn list(state: &State, call: &Call, about: &About) -> Result<Response<Body>, Refusal> {
    let form = Form::wanted(call)?;
    let mut found = selected(state, call, about)?;
    let (mut revision, mut start) = (state.store.revision(), 0);
    if let Some((at, skip)) = call.query.get("continue").split_once('-') {
        revision = at.parse().unwrap_or(revision);
        start = skip.parse().unwrap_or(0);
    }
    let total = found.len();
    found.drain(..start.min(total));
    let mut meta = json!({"resourceVersion": revision.to_string()});
    if let Some(limit) = call.query.number("limit").filter(|limit| *limit > 0)
        && found.len() as u64 > limit
    {
        meta["remainingItemCount"] = json!(found.len() as u64 - limit);
        found.truncate(limit as usize);
        meta["continue"] = json!(format!("{revision}-{}", start + found.len()));
    }
    let mut items: Vec<Value> = found.iter().map(|object| about.shown(object)).collect();
    let kind = &about.kind;
    let value = match form {
        Form::Table => table::of(kind, &items, meta, call),
        Form::Metadata => {
            let items: Vec<Value> = items.iter().map(metadata_of).collect();
            json!({
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": meta, "items": items,
            })
        }
        Form::Whole => {
            // Items of built-in kinds do not repeat kind and version.
            if kind.definition.is_none() {
                for members in items.iter_mut().filter_map(Value::as_object_mut) {
                    members.remove("kind");
                    members.remove("apiVersion");
                }
            }
            json!({
                "kind": kind.list_kind, "apiVersion": kind.api_version(&about.target.version),
                "metadata": meta, "items": items,
            })
        }
    };
    Ok(json_answer(StatusCode::OK, &value))
}
