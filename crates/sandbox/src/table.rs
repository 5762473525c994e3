//! Objects as a table, as `kubectl get` prints them.
//!
//! A column has a title and a function of the object; columns with priority 1 are shown only in the
//! wide format. Start at [`table`].

mod columns;
mod custom;
mod format;
mod pods;
mod volumes;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::representation::partial_metadata;
use crate::request::ApiRequest;

/// A column of a table.
pub(crate) struct Column {
    title: String,
    value_type: &'static str,
    /// 0 for columns that are always shown, 1 for those of the wide format.
    priority: u8,
    cell: Cell,
}

/// The source of a cell.
enum Cell {
    Function(fn(&Value) -> Value),
    /// A function that also takes the current time.
    Timed(fn(&Value, Timestamp) -> Value),
    /// A JSON path in a custom resource.
    JsonPath(String),
}

impl Column {
    fn new(title: &str, cell: fn(&Value) -> Value) -> Self {
        Self {
            title: title.to_owned(),
            value_type: "string",
            priority: 0,
            cell: Cell::Function(cell),
        }
    }

    fn timed(title: &str, cell: fn(&Value, Timestamp) -> Value) -> Self {
        Self {
            cell: Cell::Timed(cell),
            ..Self::new(title, Value::clone)
        }
    }

    fn age() -> Self {
        Self::timed("Age", format::age)
    }

    fn integer(title: &str, cell: fn(&Value) -> Value) -> Self {
        Self {
            value_type: "integer",
            ..Self::new(title, cell)
        }
    }

    fn wide(self) -> Self {
        Self {
            priority: 1,
            ..self
        }
    }

    fn definition(&self) -> Value {
        let format = if self.title == "Name" { "name" } else { "" };
        json!({
            "name": self.title, "type": self.value_type, "format": format, "description": "",
            "priority": self.priority,
        })
    }

    fn cell(&self, object: &Value, now: Timestamp) -> Value {
        match &self.cell {
            Cell::Function(cell) => cell(object),
            Cell::Timed(cell) => cell(object, now),
            Cell::JsonPath(path) => custom::value(object, path, self.value_type, now),
        }
    }
}

/// Objects of one kind as a `Table`, with their ages at a time.
pub(crate) fn table(
    kind: &Kind,
    found: &[Value],
    meta: Value,
    request: &ApiRequest,
    now: Timestamp,
) -> Value {
    let columns = if kind.crd.is_some() {
        custom::columns(kind)
    } else {
        columns::columns(&kind.id)
    };
    let rows: Vec<Value> = found
        .iter()
        .map(|object| {
            let cells = columns.iter().map(|column| column.cell(object, now));
            let cells: Vec<Value> = cells.collect();
            let mut row = json!({"cells": cells});
            match request.query.get("includeObject") {
                "None" => {}
                "Object" => row["object"] = object.clone(),
                _ => row["object"] = partial_metadata(object),
            }
            row
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta,
        "columnDefinitions": columns.iter().map(Column::definition).collect::<Vec<_>>(),
        "rows": rows,
    })
}
