//! Namespaces that go: emptied first, with conditions that say what holds them.
//!
//! Start at [`step`].

use std::time::Duration;

use serde_json::{Value, json};

use super::condition;
use crate::object;
use crate::world::{State, World};
use crate::write::removal;

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for namespace in state.store.list("namespaces", None) {
        if object::is_going(&namespace) {
            empty(world, state, &namespace);
        }
    }
    None
}

fn empty(world: &World, state: &mut State, namespace: &Value) {
    let name = object::name(namespace);
    for (id, found) in content(state, name) {
        state.delete(&id, &found);
    }
    let left = content(state, name);
    if left.is_empty() {
        let Some(kind) = state.kinds.by_id("namespaces").cloned() else {
            return;
        };
        let mut freed = namespace.clone();
        if let Some(held) = freed
            .pointer_mut("/spec/finalizers")
            .and_then(Value::as_array_mut)
        {
            held.retain(|held| held != "kubernetes");
        }
        if freed != *namespace {
            let stored = state.store.put("namespaces", freed);
            removal::finish(state, &kind, &stored);
        }
        return;
    }
    let status = json!({"phase": "Terminating", "conditions": conditions(namespace, &left)});
    state.set_status(world, "namespaces", namespace, status);
}

fn content(state: &State, name: &str) -> Vec<(String, Value)> {
    state
        .store
        .everything()
        .filter(|(_, entry)| object::namespace(&entry.object) == name)
        .map(|(id, entry)| (id.to_string(), entry.object.as_ref().clone()))
        .collect()
}

fn conditions(namespace: &Value, left: &[(String, Value)]) -> Vec<Value> {
    let counted = |of: &dyn Fn(&(String, Value)) -> Vec<String>, ending: &str| {
        let mut counts = std::collections::BTreeMap::<String, usize>::new();
        for what in left.iter().flat_map(of) {
            *counts.entry(what).or_default() += 1;
        }
        let said: Vec<String> = counts
            .iter()
            .map(|(what, count)| format!("{what} {ending} {count} resource instances"))
            .collect();
        said.join(", ")
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
    let content = format!("Some resources are remaining: {}", counted(&kinds, "has"));
    let held = counted(&finalizers, "in");
    let remaining = if held.is_empty() {
        condition(
            namespace,
            "NamespaceFinalizersRemaining",
            false,
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished",
        )
    } else {
        condition(
            namespace,
            "NamespaceFinalizersRemaining",
            true,
            "SomeFinalizersRemain",
            &format!("Some content in the namespace has finalizers remaining: {held}"),
        )
    };
    vec![
        condition(
            namespace,
            "NamespaceDeletionDiscoveryFailure",
            false,
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        condition(
            namespace,
            "NamespaceDeletionGroupVersionParsingFailure",
            false,
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        condition(
            namespace,
            "NamespaceDeletionContentFailure",
            false,
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        condition(
            namespace,
            "NamespaceContentRemaining",
            true,
            "SomeResourcesRemain",
            &content,
        ),
        remaining,
    ]
}
