//! What each form of patch does.

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
fn a_merge_patch_takes_lists_whole() {
    let merged = merge(
        &json!({"a": [1, 2], "b": {"c": 1}}),
        &json!({"a": [3], "b": {"c": null}}),
    );
    assert_eq!(merged, json!({"a": [3], "b": {}}));
}

#[test]
fn a_json_patch_that_fails_a_test_does_nothing() {
    let object = json!({"a": [1]});
    let steps = json!([{"op": "test", "path": "/a/0", "value": 2}]);
    assert_eq!(json_patch(&object, &steps), None);
    let steps = json!([
        {"op": "add", "path": "/a/-", "value": 2}, {"op": "remove", "path": "/a/0"},
    ]);
    assert_eq!(json_patch(&object, &steps), Some(json!({"a": [2]})));
}

#[test]
fn a_strategic_patch_deletes_an_item_by_its_key() {
    let left = pod_spec(json!({"containers": [{"name": "web", "$patch": "delete"}]}));
    assert_eq!(
        left,
        json!({"containers": [{"name": "proxy", "image": "b"}]})
    );
}

#[test]
fn ports_of_one_number_and_two_protocols_stand_side_by_side() {
    let port = json!([{"containerPort": 80, "protocol": "UDP"}]);
    let left = pod_spec(json!({"containers": [{"name": "web", "ports": port}]}));
    assert_eq!(
        left["containers"][0]["ports"].as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn retained_keys_are_the_only_ones_left() {
    let kind = Type::named("apps.v1.DeploymentStrategy");
    let old = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}});
    let patch = json!({"$retainKeys": ["type"], "type": "Recreate"});
    assert_eq!(strategic(&old, &patch, &kind), json!({"type": "Recreate"}));
}
