//! Tests of this module.

use super::*;

fn role(metadata: &Value, verbs: &[&str]) -> Object {
    Object::new(json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata,
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}],
    }))
    .expect("an object")
}

#[test]
fn an_object_of_a_join_belongs_to_it_until_a_release_owns_it() {
    let labels = json!({JOIN_LABEL: "true", MANAGED_BY: FIELD_MANAGER});
    let of_join = role(&json!({"name": "reader", "labels": labels}), &["list"]);
    assert!(is_of_join(&of_join));
    let annotations = json!({RELEASE_NAME: "istiod"});
    let labels = json!({JOIN_LABEL: "true", MANAGED_BY: "Helm"});
    let metadata = json!({"name": "reader", "labels": labels, "annotations": annotations});
    let of_release = role(&metadata, &["list"]);
    assert!(is_used_by_join(&of_release) && !is_of_join(&of_release));
    let by_hand = role(&json!({"name": "reader"}), &["list"]);
    assert!(!is_used_by_join(&by_hand));
}

#[test]
fn a_release_keeps_what_the_join_needs() {
    let labels = json!({JOIN_LABEL: "true", MANAGED_BY: FIELD_MANAGER});
    let live = role(
        &json!({"name": "reader", "labels": labels}),
        &["list", "watch"],
    );
    let object = role(
        &json!({"name": "reader", "labels": {MANAGED_BY: "Helm"}}),
        &["list"],
    );
    let merged = merged(&object, &live);
    assert_eq!(merged.label(JOIN_LABEL), Some("true"));
    assert_eq!(merged.label(MANAGED_BY), Some("Helm"));
    assert_eq!(merged.list("/rules").len(), 2);
    let by_hand = role(&json!({"name": "reader"}), &["watch"]);
    assert_eq!(super::merged(&object, &by_hand), object);
}

#[test]
fn the_subject_of_the_join_is_not_repeated() {
    let reader = json!({"kind": "ServiceAccount", "name": "reader", "namespace": "istio-system"});
    let other = json!({"kind": "ServiceAccount", "name": "other", "namespace": "istio-system"});
    let both = subjects(
        std::slice::from_ref(&reader),
        &[other.clone(), reader.clone()],
    );
    assert_eq!(both, [reader, other]);
}
