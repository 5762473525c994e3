//! Termination of namespaces: deletes their content and reports what remains in conditions.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Conditions;
use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};
use crate::write::delete;

/// An object in a namespace, with its kind.
type Content = (Arc<str>, Arc<Value>);

/// The number of objects that are deleted while the cluster is locked.
const DELETE_BATCH: usize = 100;

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "namespace",
    kinds: &["namespaces"],
    keys: concerned,
    reconcile,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    if &*change.kind == "namespaces" {
        return keys::own("namespaces", change);
    }
    let namespace = state
        .objects
        .get("namespaces", "", object::namespace(&change.object));
    let terminating = namespace.filter(|namespace| object::is_terminating(namespace));
    let key = terminating.map(|namespace| ObjectKey::of("namespaces", &namespace));
    key.into_iter().collect()
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let namespace = state.objects.get_key(key)?;
    if !object::is_terminating(&namespace) {
        return None;
    }
    let content = state.objects.in_namespace(&key.name);
    let content = content.filter(|(_, entry)| !object::is_terminating(&entry.object));
    let to_delete: Vec<Content> = content
        .take(DELETE_BATCH)
        .map(|(id, entry)| (id.clone(), entry.object.clone()))
        .collect();
    for (id, found) in &to_delete {
        state.delete(id, found);
    }
    if to_delete.len() == DELETE_BATCH {
        return Some(Duration::ZERO);
    }
    finish(cluster, state, &namespace);
    None
}

/// Removes the finalizer of an empty namespace, or reports what it still has.
fn finish(cluster: &Cluster, state: &mut State, namespace: &Value) {
    let content = state.objects.in_namespace(object::name(namespace));
    let remaining: Vec<Content> = content
        .map(|(id, entry)| (id.clone(), entry.object.clone()))
        .collect();
    if remaining.is_empty() {
        let Some(kind) = state.kinds.by_id("namespaces").cloned() else {
            return;
        };
        let mut finalized = namespace.clone();
        if let Some(finalizers) = finalized
            .pointer_mut("/spec/finalizers")
            .and_then(Value::as_array_mut)
        {
            finalizers.retain(|finalizer| finalizer != "kubernetes");
        }
        if finalized != *namespace {
            let stored = state.objects.put("namespaces", finalized);
            delete::remove_if_finalized(state, &kind, &stored);
        }
        return;
    }
    let conditions = deletion_conditions(&Conditions::new(namespace, state), &remaining);
    let status = json!({"phase": "Terminating", "conditions": conditions});
    state.set_status(cluster, "namespaces", namespace, status);
}

fn deletion_conditions(conditions: &Conditions<'_>, remaining: &[Content]) -> Vec<Value> {
    let count_by = |key: &dyn Fn(&Content) -> Vec<String>, preposition: &str| {
        let mut counts = std::collections::BTreeMap::<String, usize>::new();
        for name in remaining.iter().flat_map(key) {
            *counts.entry(name).or_default() += 1;
        }
        let messages: Vec<String> = counts
            .iter()
            .map(|(name, count)| format!("{name} {preposition} {count} resource instances"))
            .collect();
        messages.join(", ")
    };
    let kinds = |(id, _): &Content| {
        vec![if id.contains('.') {
            id.to_string()
        } else {
            format!("{id}.")
        }]
    };
    let finalizers = |(_, found): &Content| {
        object::items(found, "/metadata/finalizers")
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let content = format!("Some resources are remaining: {}", count_by(&kinds, "has"));
    let remaining_finalizers = count_by(&finalizers, "in");
    let finalizers_remaining = if remaining_finalizers.is_empty() {
        conditions.condition(
            "NamespaceFinalizersRemaining",
            false,
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished",
        )
    } else {
        conditions.condition(
            "NamespaceFinalizersRemaining",
            true,
            "SomeFinalizersRemain",
            &format!(
                "Some content in the namespace has finalizers remaining: {remaining_finalizers}"
            ),
        )
    };
    vec![
        conditions.condition(
            "NamespaceDeletionDiscoveryFailure",
            false,
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        conditions.condition(
            "NamespaceDeletionGroupVersionParsingFailure",
            false,
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        conditions.condition(
            "NamespaceDeletionContentFailure",
            false,
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        conditions.condition(
            "NamespaceContentRemaining",
            true,
            "SomeResourcesRemain",
            &content,
        ),
        finalizers_remaining,
    ]
}
