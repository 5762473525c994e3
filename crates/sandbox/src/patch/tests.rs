//! Tests of the patch types.

use serde_json::{Value, json};

use super::{json as json_patch, merge, strategic};
use crate::schema::Type;

fn pod_spec(patch: Value) -> Value {
    let pod = json!({"containers": [
        {"name": "web", "image": "a", "ports": [{"containerPort": 80, "protocol": "TCP"}]},
        {"name": "proxy", "image": "b"},
    ]});
    strategic(&pod, &patch, &Type::named("core.v1.PodSpec"))
}

#[test]
fn a_merge_patch_replaces_lists() {
    let merged = merge(
        &json!({"a": [1, 2], "b": {"c": 1}}),
        &json!({"a": [3], "b": {"c": null}}),
    );
    assert_eq!(merged, json!({"a": [3], "b": {}}));
}

#[test]
fn a_json_patch_with_a_failed_test_changes_nothing() {
    let object = json!({"a": [1]});
    let operations = json!([{"op": "test", "path": "/a/0", "value": 2}]);
    assert_eq!(json_patch(&object, &operations), None);
    let operations = json!([
        {"op": "add", "path": "/a/-", "value": 2}, {"op": "remove", "path": "/a/0"},
    ]);
    assert_eq!(json_patch(&object, &operations), Some(json!({"a": [2]})));
}

#[test]
fn a_strategic_patch_deletes_an_item_by_its_key() {
    let patched = pod_spec(json!({"containers": [{"name": "web", "$patch": "delete"}]}));
    assert_eq!(
        patched,
        json!({"containers": [{"name": "proxy", "image": "b"}]})
    );
}

#[test]
fn a_port_number_may_occur_with_two_protocols() {
    let port = json!([{"containerPort": 80, "protocol": "UDP"}]);
    let patched = pod_spec(json!({"containers": [{"name": "web", "ports": port}]}));
    assert_eq!(
        patched["containers"][0]["ports"].as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn only_retained_keys_remain() {
    let kind = Type::named("apps.v1.DeploymentStrategy");
    let old = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}});
    let patch = json!({"$retainKeys": ["type"], "type": "Recreate"});
    assert_eq!(strategic(&old, &patch, &kind), json!({"type": "Recreate"}));
}
