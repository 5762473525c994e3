//! The OpenAPI documents, written from the table of types and the definitions of custom resources.
//!
//! They hold what clients read: types with their list keys, and the parameters of patches. Start at
//! [`v3`] and [`v2`].

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::kinds::{Kind, Kinds, group_version};
use crate::object;
use crate::schema::{Listing, Type};

/// The document at a path below `/openapi/v3`, or the list of them.
pub(crate) fn v3(kinds: &Kinds, path: &str) -> Option<Value> {
    let wanted = path.trim_start_matches("/openapi/v3").trim_matches('/');
    if wanted.is_empty() {
        return Some(json!({"paths": index(kinds)}));
    }
    let (group, version) = match wanted.split('/').collect::<Vec<_>>().as_slice() {
        ["api", version] => (String::new(), (*version).to_owned()),
        ["apis", group, version] => ((*group).to_owned(), (*version).to_owned()),
        _ => return None,
    };
    let served: Vec<&Arc<Kind>> = kinds
        .all()
        .filter(|kind| kind.group == group && kind.versions.contains(&version))
        .collect();
    if served.is_empty() {
        return None;
    }
    let mut document = Document {
        prefix: "#/components/schemas/",
        ..Document::default()
    };
    for kind in served {
        document.add(kind, &version);
    }
    Some(json!({
        "openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.36.3"},
        "paths": document.paths, "components": {"schemas": document.schemas},
    }))
}

/// The one document of the older form.
pub(crate) fn v2(kinds: &Kinds) -> Value {
    let mut document = Document {
        prefix: "#/definitions/",
        ..Document::default()
    };
    for kind in kinds.all() {
        for version in &kind.versions {
            document.add(kind, version);
        }
    }
    json!({
        "swagger": "2.0", "info": {"title": "Kubernetes", "version": "v1.36.3"},
        "paths": document.paths, "definitions": document.schemas,
    })
}

fn index(kinds: &Kinds) -> Map<String, Value> {
    let mut paths = Map::new();
    for kind in kinds.all() {
        for version in &kind.versions {
            let root = if kind.group.is_empty() { "api" } else { "apis" };
            let path = format!("{root}/{}", group_version(&kind.group, version));
            // Definitions come and go, so the address names the state it was written from.
            let state = kind.crd.as_ref().map_or("built-in", |crd| {
                object::text(crd, "/metadata/resourceVersion")
            });
            let address = format!("/openapi/v3/{path}?hash={state}");
            paths.insert(path, json!({"serverRelativeURL": address}));
        }
    }
    paths
}

/// A document that is being written.
#[derive(Debug, Default)]
struct Document {
    prefix: &'static str,
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
    seen: BTreeSet<&'static str>,
}

impl Document {
    fn add(&mut self, kind: &Kind, version: &str) {
        let gvk = json!({"group": kind.group, "version": version, "kind": kind.kind});
        let (name, mut schema) = match kind.schema(version) {
            Type::Named { name, .. } => {
                self.describe(name);
                let name = published(name);
                let schema = self.schemas.get(&name).cloned().unwrap_or_default();
                (name, schema)
            }
            _ => (custom_name(kind, version), self.custom(kind, version)),
        };
        schema["x-kubernetes-group-version-kind"] = json!([gvk]);
        self.schemas.insert(name.clone(), schema);
        self.add_paths(kind, version, &name, &gvk);
    }

    fn add_paths(&mut self, kind: &Kind, version: &str, name: &str, gvk: &Value) {
        let root = if kind.group.is_empty() {
            "/api"
        } else {
            "/apis"
        };
        let place = if kind.namespaced {
            "namespaces/{namespace}/"
        } else {
            ""
        };
        let base = format!(
            "{root}/{}/{place}{}",
            kind.api_version(version),
            kind.plural
        );
        let body = json!({"$ref": format!("{}{name}", self.prefix)});
        let operation = |action: &str| {
            let parameters: Vec<Value> = ["dryRun", "fieldManager", "fieldValidation", "force"]
                .iter()
                .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}}))
                .collect();
            json!({
                "x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk,
                "parameters": parameters,
                "responses": {"200": {"description": "OK", "content": {
                    "application/json": {"schema": body},
                }}},
            })
        };
        self.paths.insert(
            base.clone(),
            json!({"get": operation("list"), "post": operation("post")}),
        );
        if !kind.has("review") {
            self.paths.insert(
                format!("{base}/{{name}}"),
                json!({
                    "get": operation("get"), "put": operation("put"), "patch": operation("patch"),
                    "delete": operation("delete"),
                }),
            );
        }
    }

    fn custom(&mut self, kind: &Kind, version: &str) -> Value {
        let stated = kind.crd.as_ref().and_then(|crd| {
            object::items(crd, "/spec/versions")
                .find(|known| known["name"] == version)
                .and_then(|known| known.pointer("/schema/openAPIV3Schema").cloned())
        });
        let mut schema = stated.unwrap_or_else(|| json!({"type": "object"}));
        self.describe("meta.v1.ObjectMeta");
        for (name, inner) in [
            ("apiVersion", json!({"type": "string"})),
            ("kind", json!({"type": "string"})),
            (
                "metadata",
                json!({"$ref": format!("{}{}", self.prefix, published("meta.v1.ObjectMeta"))}),
            ),
        ] {
            schema["properties"][name] = inner;
        }
        schema
    }

    /// Writes a built-in type and all it leads to.
    fn describe(&mut self, name: &'static str) {
        if !self.seen.insert(name) {
            return;
        }
        let Some(fields) = Type::named(name).fields() else {
            return;
        };
        let mut properties = Map::new();
        for (field, inner) in fields.iter().filter(|(field, _)| !field.starts_with('+')) {
            properties.insert(field.clone(), self.written(&inner.kind));
        }
        let required: Vec<&String> = fields
            .iter()
            .filter(|(_, field)| field.required)
            .map(|(name, _)| name)
            .collect();
        let mut schema = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        self.schemas.insert(published(name), schema);
    }

    fn written(&mut self, kind: &Type) -> Value {
        match kind {
            Type::Scalar(sort) => scalar(sort),
            Type::Any => json!({"x-kubernetes-preserve-unknown-fields": true}),
            Type::Named { name, atomic } => {
                self.describe(name);
                let mut schema = json!({"$ref": format!("{}{}", self.prefix, published(name))});
                if *atomic {
                    schema["x-kubernetes-map-type"] = json!("atomic");
                }
                schema
            }
            Type::Struct { .. } => json!({"type": "object"}),
            Type::Map { of, .. } => {
                json!({"type": "object", "additionalProperties": self.written(of)})
            }
            Type::List { of, how, merge } => {
                let mut schema = json!({"type": "array", "items": self.written(of)});
                let sort = match how {
                    Listing::Atomic => "atomic",
                    Listing::Set => "set",
                    Listing::Keys(keys) => {
                        schema["x-kubernetes-list-map-keys"] = json!(keys);
                        "map"
                    }
                };
                schema["x-kubernetes-list-type"] = json!(sort);
                if let Some(merge) = merge {
                    schema["x-kubernetes-patch-strategy"] = json!("merge");
                    if merge != "set" {
                        schema["x-kubernetes-patch-merge-key"] = json!(merge);
                    }
                }
                schema
            }
        }
    }
}

fn scalar(sort: &str) -> Value {
    match sort {
        "i" => json!({"type": "integer", "format": "int64"}),
        "n" => json!({"type": "number", "format": "double"}),
        "b" => json!({"type": "boolean"}),
        "bytes" => json!({"type": "string", "format": "byte"}),
        "time" | "micro" => json!({"type": "string", "format": "date-time"}),
        "ios" => json!({"type": "string", "format": "int-or-string"}),
        _ => json!({"type": "string"}),
    }
}

/// The name a built-in type has in the documents.
fn published(name: &str) -> String {
    if name.starts_with("meta.") {
        return format!("io.k8s.apimachinery.pkg.apis.{name}");
    }
    if name.starts_with("apiextensions.") {
        return format!("io.k8s.apiextensions-apiserver.pkg.apis.{name}");
    }
    format!("io.k8s.api.{name}")
}

fn custom_name(kind: &Kind, version: &str) -> String {
    let group: Vec<&str> = kind.group.split('.').rev().collect();
    format!("{}.{version}.{}", group.join("."), kind.kind)
}
