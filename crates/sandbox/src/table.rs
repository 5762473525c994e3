//! Objects as a table, as `kubectl get` prints them.
//!
//! Start at [`of`].

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::request::Call;
use crate::rest::metadata_of;

/// Objects of one kind as a `Table`.
pub(crate) fn of(_kind: &Kind, found: &[Value], meta: Value, call: &Call) -> Value {
    let whole = call.query.get("includeObject") == "Object";
    let rows: Vec<Value> = found
        .iter()
        .map(|object| {
            let shown = if whole {
                object.clone()
            } else {
                metadata_of(object)
            };
            json!({"cells": [object["metadata"]["name"]], "object": shown})
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta,
        "columnDefinitions": [
            {"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0},
        ],
        "rows": rows,
    })
}
