//! The OpenAPI documents, generated from the table of types and the CRDs.
//!
//! They contain what clients read: types with their list keys, and the parameters of patches. Start at
//! [`v3`] and [`v2`].

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::kinds::{Kind, Kinds, group_version};
use crate::object;
use crate::schema::{ListType, Type};

/// The document at a path below `/openapi/v3`, or the list of them.
pub(crate) fn v3(kinds: &Kinds, path: &str) -> Option<Value> {
    let document_path = path.trim_start_matches("/openapi/v3").trim_matches('/');
    if document_path.is_empty() {
        return Some(json!({"paths": index(kinds)}));
    }
    let (group, version) = match document_path.split('/').collect::<Vec<_>>().as_slice() {
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

/// The OpenAPI v2 document.
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
            // CRDs change, so the URL contains the resource version of the CRD.
            let state = kind.crd.as_ref().map_or("built-in", |crd| {
                object::text(crd, "/metadata/resourceVersion")
            });
            let url = format!("/openapi/v3/{path}?hash={state}");
            paths.insert(path, json!({"serverRelativeURL": url}));
        }
    }
    paths
}

/// A document under construction.
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
                let name = published_name(name);
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
        let scope_path = if kind.namespaced {
            "namespaces/{namespace}/"
        } else {
            ""
        };
        let base = format!(
            "{root}/{}/{scope_path}{}",
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
        let schema = kind.crd.as_ref().and_then(|crd| {
            object::items(crd, "/spec/versions")
                .find(|candidate| candidate["name"] == version)
                .and_then(|candidate| candidate.pointer("/schema/openAPIV3Schema").cloned())
        });
        let mut schema = schema.unwrap_or_else(|| json!({"type": "object"}));
        self.describe("meta.v1.ObjectMeta");
        for (name, inner) in [
            ("apiVersion", json!({"type": "string"})),
            ("kind", json!({"type": "string"})),
            (
                "metadata",
                json!({"$ref": format!("{}{}", self.prefix, published_name("meta.v1.ObjectMeta"))}),
            ),
        ] {
            schema["properties"][name] = inner;
        }
        schema
    }

    /// Adds a built-in type and all types that it refers to.
    fn describe(&mut self, name: &'static str) {
        if !self.seen.insert(name) {
            return;
        }
        let Some(fields) = Type::named(name).fields() else {
            return;
        };
        let mut properties = Map::new();
        for (field, inner) in fields.iter().filter(|(field, _)| !field.starts_with('+')) {
            properties.insert(field.clone(), self.schema_of(&inner.kind));
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
        self.schemas.insert(published_name(name), schema);
    }

    fn schema_of(&mut self, kind: &Type) -> Value {
        match kind {
            Type::Scalar(name) => scalar(name),
            Type::Any => json!({"x-kubernetes-preserve-unknown-fields": true}),
            Type::Named { name, atomic } => {
                self.describe(name);
                let mut schema =
                    json!({"$ref": format!("{}{}", self.prefix, published_name(name))});
                if *atomic {
                    schema["x-kubernetes-map-type"] = json!("atomic");
                }
                schema
            }
            Type::Struct { .. } => json!({"type": "object"}),
            Type::Map { item_type, .. } => {
                json!({"type": "object", "additionalProperties": self.schema_of(item_type)})
            }
            Type::List {
                item_type,
                list_type,
                merge_key,
            } => {
                let mut schema = json!({"type": "array", "items": self.schema_of(item_type)});
                let list_type = match list_type {
                    ListType::Atomic => "atomic",
                    ListType::Set => "set",
                    ListType::Keys(keys) => {
                        schema["x-kubernetes-list-map-keys"] = json!(keys);
                        "map"
                    }
                };
                schema["x-kubernetes-list-type"] = json!(list_type);
                if let Some(merge_key) = merge_key {
                    schema["x-kubernetes-patch-strategy"] = json!("merge");
                    if merge_key != "set" {
                        schema["x-kubernetes-patch-merge-key"] = json!(merge_key);
                    }
                }
                schema
            }
        }
    }
}

fn scalar(name: &str) -> Value {
    match name {
        "i" => json!({"type": "integer", "format": "int64"}),
        "n" => json!({"type": "number", "format": "double"}),
        "b" => json!({"type": "boolean"}),
        "bytes" => json!({"type": "string", "format": "byte"}),
        "time" | "micro" => json!({"type": "string", "format": "date-time"}),
        "ios" => json!({"type": "string", "format": "int-or-string"}),
        _ => json!({"type": "string"}),
    }
}

/// The name of a built-in type in the documents.
fn published_name(name: &str) -> String {
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
