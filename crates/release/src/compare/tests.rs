//! Tests of the comparison of manifests.

use super::*;
use serde_json::json;

fn deployment(spec: Value) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec})
}

fn config(name: &str, data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})
}

/// The fields that differ between two objects, as `path: before -> after`.
fn fields(before: &Value, after: &Value) -> Vec<String> {
    let found = compare(std::slice::from_ref(before), std::slice::from_ref(after));
    let fields = found.objects.iter().flat_map(|object| &object.fields);
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    fields
        .map(|field| {
            let (before, after) = (text(&field.before), text(&field.after));
            format!("{}: {before} -> {after}", field.path_text())
        })
        .collect()
}

#[test]
fn each_object_is_named_with_what_happened_to_it_the_removed_ones_last() {
    let before = [
        config("removed", json!({"a": "x"})),
        config("same", json!({"a": "x"})),
        config("changed", json!({"a": "x"})),
    ];
    let after = [
        config("changed", json!({"a": "y"})),
        config("same", json!({"a": "x"})),
        config("added", json!({"a": "x"})),
    ];
    let found = compare(&before, &after);
    let changes: Vec<(&str, ObjectChange, usize)> = found
        .objects
        .iter()
        .map(|object| {
            (
                object.object.name.as_str(),
                object.change,
                object.fields.len(),
            )
        })
        .collect();
    // Of an object that only one revision has, every field differs: API version, kind, name and data.
    let expected = [
        ("changed", ObjectChange::Changed, 1),
        ("same", ObjectChange::Unchanged, 0),
        ("added", ObjectChange::Added, 4),
        ("removed", ObjectChange::Removed, 4),
    ];
    assert_eq!(changes, expected);
}

#[test]
fn the_items_of_a_list_are_matched_by_their_name() {
    let before =
        json!({"containers": [{"name": "proxy", "image": "p:1"}, {"name": "web", "image": "w:1"}]});
    let after = json!({"containers": [{"name": "web", "image": "w:2"}, {"name": "proxy", "image": "p:1", "env": [{"name": "A", "value": "true"}]}]});
    assert_eq!(
        fields(&deployment(before), &deployment(after)),
        [
            "spec.containers[web].image: w:1 -> w:2",
            "spec.containers[proxy].env[A].name: not set -> A",
            "spec.containers[proxy].env[A].value: not set -> \"true\"",
        ]
    );
}

#[test]
fn the_items_of_a_list_without_names_are_matched_by_their_index() {
    let before = json!({"rules": [{"verbs": ["get", "list"]}]});
    let after = json!({"rules": [{"verbs": ["get", "list", "watch"]}]});
    assert_eq!(
        fields(&deployment(before), &deployment(after)),
        ["spec.rules[0].verbs: get, list -> get, list, watch"]
    );
}

#[test]
fn an_empty_map_and_an_absent_one_are_different() {
    assert_eq!(
        fields(
            &deployment(json!({"a": {}, "b": {"c": 1}})),
            &deployment(json!({"b": {}}))
        ),
        ["spec.a: {} -> not set", "spec.b: {\"c\":1} -> {}"]
    );
}

#[test]
fn the_values_of_a_secret_are_masked_and_still_differ() {
    let secret = |value: &str| json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "annotations": {LAST_APPLIED: value}}, "data": {"password": value}, "type": "Opaque"});
    let found = compare(&[secret("aHVudGVyMg==")], &[secret("b3RoZXI=")]);
    let text = format!("{found:?}");
    assert!(
        !text.contains("aHVudGVyMg") && !text.contains("b3RoZXI"),
        "{text}"
    );
    assert_eq!(
        fields(&secret("aHVudGVyMg=="), &secret("b3RoZXI=")),
        ["data.password: •••• -> ••••"]
    );
}

#[test]
fn the_secrets_of_a_list_are_masked_too() {
    let list = |value: &str| json!({"apiVersion": "v1", "kind": "SecretList", "items": [{"metadata": {"name": "s"}, "data": {"p": value}}]});
    assert_eq!(
        fields(&list("aHVudGVyMg=="), &list("b3RoZXI=")),
        ["data.p: •••• -> ••••"]
    );
}

#[test]
fn what_a_server_writes_is_no_difference() {
    let mut live = deployment(json!({"replicas": 1}));
    live["status"] = json!({"readyReplicas": 1});
    live["metadata"]["managedFields"] = json!([{"manager": "helm"}]);
    live["metadata"]["resourceVersion"] = json!("7");
    assert_eq!(fields(&deployment(json!({"replicas": 1})), &live), [""; 0]);
}

#[test]
fn a_new_version_of_an_api_is_a_change_and_another_group_another_object() {
    let of = |version: &str| json!({"apiVersion": version, "kind": "Gateway", "metadata": {"name": "g"}});
    let changed = compare(
        &[of("networking.istio.io/v1beta1")],
        &[of("networking.istio.io/v1")],
    );
    assert_eq!(changed.objects.len(), 1);
    let other = compare(
        &[of("networking.istio.io/v1")],
        &[of("gateway.networking.k8s.io/v1")],
    );
    let changes: Vec<ObjectChange> = other.objects.iter().map(|object| object.change).collect();
    assert_eq!(changes, [ObjectChange::Added, ObjectChange::Removed]);
}

#[test]
fn a_long_text_shows_its_changed_lines_with_some_context() {
    let lines: Vec<String> = (1..=20).map(|n| format!("line {n}")).collect();
    let before = lines.join("\n");
    let after = before.replace("line 10\n", "line ten\n");
    assert_eq!(
        fields(
            &config("c", json!({"t": before})),
            &config("c", json!({"t": after}))
        ),
        [
            "data.t: …\nline 8\nline 9\nline 10\nline 11\nline 12\n… -> …\nline 8\nline 9\nline ten\nline 11\nline 12\n…"
        ]
    );
    assert_eq!(
        fields(
            &config("c", json!({"t": "a\nb"})),
            &config("c", json!({"t": "a\nb\nc"}))
        ),
        ["data.t: a\nb -> a\nb\nc"]
    );
}
