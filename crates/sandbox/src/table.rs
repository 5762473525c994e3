//! Objects as a table, as `kubectl get` prints them.
//!
//! A column is a title and a function of the object; columns of lower priority stand only in the
//! wide form. Start at [`of`].

mod columns;
mod custom;
mod format;
mod pods;

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::request::ApiRequest;
use crate::rest::metadata_of;

/// A column of a table.
pub(crate) struct Column {
    title: String,
    sort: &'static str,
    /// 0 is always shown, 1 in the wide form.
    priority: u8,
    cell: Cell,
}

/// What a cell holds.
enum Cell {
    By(fn(&Value) -> Value),
    /// Of a custom resource, by a path in the object.
    At(String),
}

impl Column {
    fn new(title: &str, cell: fn(&Value) -> Value) -> Self {
        Self {
            title: title.to_owned(),
            sort: "string",
            priority: 0,
            cell: Cell::By(cell),
        }
    }

    fn integer(title: &str, cell: fn(&Value) -> Value) -> Self {
        Self {
            sort: "integer",
            ..Self::new(title, cell)
        }
    }

    fn wide(self) -> Self {
        Self {
            priority: 1,
            ..self
        }
    }

    fn defined(&self) -> Value {
        let format = if self.title == "Name" { "name" } else { "" };
        json!({
            "name": self.title, "type": self.sort, "format": format, "description": "",
            "priority": self.priority,
        })
    }

    fn cell(&self, object: &Value) -> Value {
        match &self.cell {
            Cell::By(cell) => cell(object),
            Cell::At(path) => custom::value(object, path, self.sort),
        }
    }
}

/// Objects of one kind as a `Table`.
pub(crate) fn of(kind: &Kind, found: &[Value], meta: Value, request: &ApiRequest) -> Value {
    let columns = if kind.crd.is_some() {
        custom::columns(kind)
    } else {
        columns::of(&kind.id)
    };
    let rows: Vec<Value> = found
        .iter()
        .map(|object| {
            let cells: Vec<Value> = columns.iter().map(|column| column.cell(object)).collect();
            let mut row = json!({"cells": cells});
            match request.query.get("includeObject") {
                "None" => {}
                "Object" => row["object"] = object.clone(),
                _ => row["object"] = metadata_of(object),
            }
            row
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta,
        "columnDefinitions": columns.iter().map(Column::defined).collect::<Vec<_>>(),
        "rows": rows,
    })
}
