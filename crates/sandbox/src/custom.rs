//! Custom resources by the schema of their CRD: defaults and validation.
//!
//! Rules in CEL (`x-kubernetes-validations`) are not evaluated. Start at [`check`] and
//! [`fill_defaults`].

mod combined;
mod defaults;
mod format;
mod lists;
mod validator;

use serde_json::Value;

use crate::kinds::Kind;
use crate::object;
use crate::problems::Problems;
use validator::Place;

/// Sets the defaults of the schema.
pub(crate) fn fill_defaults(kind: &Kind, object: &mut Value) {
    if let Some(schema) = schema_of(kind, object).cloned() {
        defaults::fill(&schema, object);
    }
}

/// Checks a custom resource by its schema.
pub(crate) fn check(kind: &Kind, object: &Value, problems: &mut Problems) {
    if let Some(schema) = schema_of(kind, object) {
        let place = Place::root();
        validator::check(schema, object, &place, problems);
        lists::check(schema, object, &place, problems);
    }
}

/// Checks the status of a custom resource by its schema.
pub(crate) fn check_status(kind: &Kind, object: &Value, problems: &mut Problems) {
    let schema = schema_of(kind, object).and_then(|schema| schema.pointer("/properties/status"));
    if let (Some(schema), Some(status)) = (schema, object.get("status")) {
        let place = Place::status();
        validator::check(schema, status, &place, problems);
        lists::check(schema, status, &place, problems);
    }
}

/// The schema of the version of an object.
fn schema_of<'a>(kind: &'a Kind, object: &Value) -> Option<&'a Value> {
    let version = object::text(object, "/apiVersion").rsplit('/').next()?;
    let crd = kind.crd.as_deref()?;
    object::items(crd, "/spec/versions")
        .find(|candidate| candidate["name"] == version)?
        .pointer("/schema/openAPIV3Schema")
}
