//! Deletion of objects, at once or after their finalizers.
//!
//! The garbage collector deletes dependents; this module only sets the finalizers for it. Start at
//! [`delete`].

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api_status::ApiStatus;
use crate::cluster::State;
use crate::kinds::Kind;
use crate::object;

/// The options of a deletion.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeleteOptions {
    pub(crate) uid: String,
    pub(crate) revision: String,
    /// `Background`, `Foreground` or `Orphan`.
    pub(crate) propagation: String,
    pub(crate) grace: Option<i64>,
    pub(crate) dry_run: bool,
}

impl DeleteOptions {
    /// Reads delete options.
    pub(crate) fn read(options: &Value) -> Self {
        let text = |pointer: &str| object::text(options, pointer).to_owned();
        let mut propagation = text("/propagationPolicy");
        if options["orphanDependents"] == true {
            "Orphan".clone_into(&mut propagation);
        }
        Self {
            uid: text("/preconditions/uid"),
            revision: text("/preconditions/resourceVersion"),
            propagation,
            grace: object::number(options, "/gracePeriodSeconds"),
            dry_run: object::items(options, "/dryRun").any(|run| run == "All"),
        }
    }
}

/// Deletes an object, or marks it for deletion while finalizers or a grace period hold it.
pub(crate) fn delete(
    state: &mut State,
    kind: &Kind,
    found: &Arc<Value>,
    options: &DeleteOptions,
) -> Result<Arc<Value>, ApiStatus> {
    check_preconditions(kind, found, options)?;
    if options.dry_run {
        return Ok(found.clone());
    }
    let mut marked = found.as_ref().clone();
    let finalizers: Vec<Value> = object::items(found, "/metadata/finalizers")
        .chain(propagation_finalizer(kind, options).as_ref())
        .cloned()
        .collect();
    let grace_period = grace_period(kind, options);
    if !object::is_terminating(found) {
        let meta = object::meta(&mut marked);
        meta.insert("deletionTimestamp".into(), json!(state.now()));
        meta.insert(
            "deletionGracePeriodSeconds".into(),
            json!(options.grace.unwrap_or(grace_period)),
        );
        if let Some(generation) = meta.get("generation").and_then(Value::as_i64) {
            meta.insert("generation".into(), json!(generation + 1));
        }
        if !finalizers.is_empty() {
            meta.insert("finalizers".into(), json!(finalizers));
        }
        if kind.kind == "Namespace" {
            marked["status"]["phase"] = json!("Terminating");
        }
    }
    let is_held = !finalizers.is_empty() || grace_period > 0 || kind.kind == "Namespace";
    if is_held {
        if marked == **found {
            return Ok(found.clone());
        }
        let marked = state.objects.put(kind.storage(), marked);
        return Ok(marked);
    }
    Ok(remove(state, kind, found).unwrap_or_else(|| found.clone()))
}

fn check_preconditions(
    kind: &Kind,
    found: &Value,
    options: &DeleteOptions,
) -> Result<(), ApiStatus> {
    let revision = object::text(found, "/metadata/resourceVersion");
    for (expected, actual, field) in [
        (&options.uid, object::uid(found), "UID"),
        (&options.revision, revision, "ResourceVersion"),
    ] {
        if !expected.is_empty() && expected != actual {
            let detail = format!(
                "the {field} in the precondition ({expected}) does not match the {field} in record \
                 ({actual}). The object might have been deleted and then recreated"
            );
            return Err(ApiStatus::conflict(kind, object::name(found), &detail));
        }
    }
    Ok(())
}

/// The finalizer of a propagation policy.
fn propagation_finalizer(kind: &Kind, options: &DeleteOptions) -> Option<Value> {
    match options.propagation.as_str() {
        _ if kind.kind == "CustomResourceDefinition" => {
            Some(json!("customresourcecleanup.apiextensions.k8s.io"))
        }
        "Foreground" => Some(json!("foregroundDeletion")),
        "Orphan" => Some(json!("orphan")),
        _ => None,
    }
}

/// The default grace period in seconds; only pods have one.
fn grace_period(kind: &Kind, options: &DeleteOptions) -> i64 {
    if kind.id == "pods" && options.grace != Some(0) {
        options.grace.unwrap_or(30)
    } else {
        0
    }
}

/// Removes an object that is marked for deletion and has no finalizers left.
pub(crate) fn remove_if_finalized(state: &mut State, kind: &Kind, stored: &Arc<Value>) {
    let is_held = object::items(stored, "/metadata/finalizers")
        .next()
        .is_some()
        || kind.kind == "Namespace" && object::items(stored, "/spec/finalizers").next().is_some()
        || kind.id == "pods"
            && object::number(stored, "/metadata/deletionGracePeriodSeconds") != Some(0);
    if object::is_terminating(stored) && !is_held {
        remove(state, kind, stored);
    }
}

/// Removes an object from the storage.
pub(crate) fn remove(state: &mut State, kind: &Kind, found: &Value) -> Option<Arc<Value>> {
    let (namespace, name) = (object::namespace(found), object::name(found));
    let removed = state.objects.remove(kind.storage(), namespace, name);
    match kind.kind.as_str() {
        "CustomResourceDefinition" => state.kinds.remove_crd(name),
        "Secret" | "ServiceAccount" => state.tokens.revoke(object::uid(found)),
        _ => {}
    }
    removed
}
