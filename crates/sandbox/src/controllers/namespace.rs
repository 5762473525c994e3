//! Termination of namespaces: deletes their content and reports what remains in conditions.
//!
//! Start at [`reconcile_all`].

use std::time::Duration;

use serde_json::{Value, json};

use super::Conditions;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::write::delete;

pub(super) fn reconcile_all(cluster: &Cluster, state: &mut State) -> Option<Duration> {
    for namespace in state.objects.list("namespaces", None) {
        if object::is_terminating(&namespace) {
            terminate(cluster, state, &namespace);
        }
    }
    None
}

fn terminate(cluster: &Cluster, state: &mut State, namespace: &Value) {
    let name = object::name(namespace);
    for (id, found) in content(state, name) {
        state.delete(&id, &found);
    }
    let remaining = content(state, name);
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

fn content(state: &State, name: &str) -> Vec<(String, Value)> {
    state
        .objects
        .iter_all()
        .filter(|(_, entry)| object::namespace(&entry.object) == name)
        .map(|(id, entry)| (id.to_string(), entry.object.as_ref().clone()))
        .collect()
}

fn deletion_conditions(conditions: &Conditions<'_>, remaining: &[(String, Value)]) -> Vec<Value> {
    let count_by = |key: &dyn Fn(&(String, Value)) -> Vec<String>, preposition: &str| {
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
    let kinds = |(id, _): &(String, Value)| {
        vec![if id.contains('.') {
            id.clone()
        } else {
            format!("{id}.")
        }]
    };
    let finalizers = |(_, found): &(String, Value)| {
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
