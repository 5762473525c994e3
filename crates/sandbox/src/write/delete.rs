//! How objects go: at once, or after their finalizers.
//!
//! Dependents are left to the garbage collector; only their finalizers are set here. Start at
//! [`delete`].

use std::sync::Arc;

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::object;
use crate::refusal::Refusal;
use crate::world::{State, now};

/// How an object is to be deleted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Removal {
    pub(crate) uid: String,
    pub(crate) revision: String,
    /// `Background`, `Foreground` or `Orphan`.
    pub(crate) propagation: String,
    pub(crate) grace: Option<i64>,
    pub(crate) dry: bool,
}

impl Removal {
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
            dry: object::items(options, "/dryRun").any(|run| run == "All"),
        }
    }
}

/// Deletes an object, or marks it while something holds it.
pub(crate) fn delete(
    state: &mut State,
    kind: &Kind,
    found: &Arc<Value>,
    how: &Removal,
) -> Result<Arc<Value>, Refusal> {
    check_preconditions(kind, found, how)?;
    if how.dry {
        return Ok(found.clone());
    }
    let mut marked = found.as_ref().clone();
    let finalizers: Vec<Value> = object::items(found, "/metadata/finalizers")
        .chain(policy(kind, how).as_ref())
        .cloned()
        .collect();
    let lingers = lingers(kind, how);
    if !object::is_going(found) {
        let meta = object::meta(&mut marked);
        meta.insert("deletionTimestamp".into(), json!(now()));
        meta.insert(
            "deletionGracePeriodSeconds".into(),
            json!(how.grace.unwrap_or(lingers)),
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
    let is_held = !finalizers.is_empty() || lingers > 0 || kind.kind == "Namespace";
    if is_held {
        if marked == **found {
            return Ok(found.clone());
        }
        let marked = state.store.put(kind.storage(), marked);
        return Ok(marked);
    }
    Ok(gone(state, kind, found).unwrap_or_else(|| found.clone()))
}

fn check_preconditions(kind: &Kind, found: &Value, how: &Removal) -> Result<(), Refusal> {
    let revision = object::text(found, "/metadata/resourceVersion");
    for (wanted, actual, what) in [
        (&how.uid, object::uid(found), "UID"),
        (&how.revision, revision, "ResourceVersion"),
    ] {
        if !wanted.is_empty() && wanted != actual {
            let detail = format!(
                "the {what} in the precondition ({wanted}) does not match the {what} in record \
                 ({actual}). The object might have been deleted and then recreated"
            );
            return Err(Refusal::conflict(kind, object::name(found), &detail));
        }
    }
    Ok(())
}

/// The finalizer that a propagation policy asks for.
fn policy(kind: &Kind, how: &Removal) -> Option<Value> {
    match how.propagation.as_str() {
        _ if kind.kind == "CustomResourceDefinition" => {
            Some(json!("customresourcecleanup.apiextensions.k8s.io"))
        }
        "Foreground" => Some(json!("foregroundDeletion")),
        "Orphan" => Some(json!("orphan")),
        _ => None,
    }
}

/// How long an object of this kind goes on: pods are stopped first.
fn lingers(kind: &Kind, how: &Removal) -> i64 {
    if kind.id == "pods" && how.grace != Some(0) {
        how.grace.unwrap_or(30)
    } else {
        0
    }
}

/// Takes an object away whose finalizers have come to nothing.
pub(crate) fn finish(state: &mut State, kind: &Kind, stored: &Arc<Value>) {
    let is_held = object::items(stored, "/metadata/finalizers")
        .next()
        .is_some()
        || kind.kind == "Namespace" && object::items(stored, "/spec/finalizers").next().is_some()
        || kind.id == "pods"
            && object::number(stored, "/metadata/deletionGracePeriodSeconds") != Some(0);
    if object::is_going(stored) && !is_held {
        gone(state, kind, stored);
    }
}

/// Takes an object away for good.
pub(crate) fn gone(state: &mut State, kind: &Kind, found: &Value) -> Option<Arc<Value>> {
    let (namespace, name) = (object::namespace(found), object::name(found));
    let last = state.store.remove(kind.storage(), namespace, name);
    match kind.kind.as_str() {
        "CustomResourceDefinition" => state.kinds.forget(name),
        "Secret" | "ServiceAccount" => state.tokens.forget(object::uid(found)),
        _ => {}
    }
    last
}
