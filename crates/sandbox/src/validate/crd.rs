//! CustomResourceDefinitions.
//!
//! Start at [`check`].

use serde_json::{Value, json};

use crate::object;
use crate::problems::Problems;

/// Checks a CRD.
pub(super) fn check(object: &Value, problems: &mut Problems) {
    let group = object::text(object, "/spec/group");
    let plural = object::text(object, "/spec/names/plural");
    if object::name(object) != format!("{plural}.{group}") {
        problems.invalid(
            "metadata.name",
            &json!(object::name(object)),
            "must be spec.names.plural+\".\"+spec.group",
        );
    }
    problems.one_of(
        "spec.scope",
        object::text(object, "/spec/scope"),
        &["Cluster", "Namespaced"],
    );
    let versions: Vec<&Value> = object::items(object, "/spec/versions").collect();
    for (at, version) in versions.iter().enumerate() {
        if version.pointer("/schema/openAPIV3Schema").is_none() {
            let field = format!("spec.versions[{at}].schema.openAPIV3Schema");
            problems.required(&field, "");
        }
    }
    check_schemas(&versions, problems);
    let stored = versions.iter().filter(|version| version["storage"] == true);
    if stored.count() != 1 {
        let members: Vec<Value> = versions.iter().map(|version| go_version(version)).collect();
        let detail = "must have exactly one version marked as storage version";
        problems.invalid("spec.versions", &json!(members), detail);
        if object.pointer("/status/storedVersions").is_none() {
            let detail = "must have at least one stored version";
            problems.invalid("status.storedVersions", &Value::Null, detail);
        }
    }
}

/// Checks that the schemas have types everywhere.
fn check_schemas(versions: &[&Value], problems: &mut Problems) {
    let schema = |version: &Value| version.pointer("/schema/openAPIV3Schema").cloned();
    let schemas: Vec<Value> = versions
        .iter()
        .filter_map(|version| schema(version))
        .collect();
    let is_common = schemas.windows(2).all(|pair| pair.first() == pair.last());
    for (at, schema) in schemas.iter().enumerate() {
        let field = if is_common {
            "spec.validation.openAPIV3Schema".to_owned()
        } else {
            format!("spec.versions[{at}].schema.openAPIV3Schema")
        };
        check_type(schema, &field, "must not be empty at the root", problems);
        if is_common {
            return;
        }
    }
}

fn check_type(schema: &Value, field: &str, detail: &str, problems: &mut Problems) {
    let is_open = schema["x-kubernetes-int-or-string"] == true
        || schema["x-kubernetes-preserve-unknown-fields"] == true
            && detail != "must not be empty at the root";
    if object::text(schema, "/type").is_empty() && !is_open {
        problems.required(&format!("{field}.type"), detail);
    }
    let properties = schema["properties"].as_object();
    for (name, schema) in properties.into_iter().flatten() {
        let field = format!("{field}.properties[{name}]");
        let detail = "must not be empty for specified object fields";
        check_type(schema, &field, detail, problems);
    }
    for (member, detail) in [
        ("items", "must not be empty for specified array items"),
        (
            "additionalProperties",
            "must not be empty for specified object fields",
        ),
    ] {
        if schema[member].is_object() {
            check_type(
                &schema[member],
                &format!("{field}.{member}"),
                detail,
                problems,
            );
        }
    }
}

/// A version as the API server writes it into its message.
fn go_version(version: &Value) -> Value {
    json!({
        "Name": version["name"], "Served": version["served"] == true,
        "Storage": version["storage"] == true, "Deprecated": version["deprecated"] == true,
        "DeprecationWarning": null, "Schema": null, "Subresources": null,
        "AdditionalPrinterColumns": null, "SelectableFields": null,
    })
}
