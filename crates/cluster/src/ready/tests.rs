//! What is said of objects that are not ready.

use super::*;
use serde_json::json;

fn object(value: serde_json::Value) -> Object {
    Object::new(value).expect("an object")
}

fn deployment(status: &serde_json::Value) -> Object {
    object(json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "istio-pilot", "namespace": "istio-system", "generation": 1},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"istio": "pilot"}}},
        "status": status,
    }))
}

#[test]
fn a_deployment_is_ready_when_its_newest_pods_are_available() {
    let done = json!({"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1});
    let readiness = readiness(&deployment(&done), Around::default());
    assert_eq!(readiness, Readiness::ready("1 of 1 ready"));
}

#[test]
fn a_deployment_whose_generation_was_not_seen_is_not_ready() {
    let old = json!({"observedGeneration": 0, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1});
    assert!(!readiness(&deployment(&old), Around::default()).is_ready());
}

#[test]
fn a_deployment_names_the_container_that_cannot_pull_its_image() {
    let pod = object(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "istio-pilot-1", "labels": {"istio": "pilot"}},
        "status": {"phase": "Pending", "containerStatuses": [{
            "name": "discovery",
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": "registry unreachable"}},
        }]},
    }));
    let around = Around {
        pods: std::slice::from_ref(&pod),
        events: &[],
    };
    let found = readiness(&deployment(&json!({"observedGeneration": 1})), around);
    assert_eq!(found.note(), "0 of 1 ready");
    assert_eq!(
        found.reason(),
        "container discovery: ImagePullBackOff: registry unreachable"
    );
    assert!(matches!(found, Readiness::Failed { .. }));
}

#[test]
fn a_deployment_without_pods_tells_the_event_of_its_replica_set() {
    let event = Occurrence {
        warning: true,
        reason: "FailedCreate".into(),
        kind: "ReplicaSet".into(),
        name: "istio-pilot-5c9b7".into(),
        message: "exceeded quota".into(),
        count: 1,
        at: 0,
    };
    let around = Around {
        pods: &[],
        events: std::slice::from_ref(&event),
    };
    let found = readiness(&deployment(&json!({"observedGeneration": 1})), around);
    assert_eq!(found.reason(), "FailedCreate: exceeded quota");
}

#[test]
fn a_load_balancer_waits_for_its_address() {
    let mut value = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "gateway"},
        "spec": {"type": "LoadBalancer"},
    });
    assert!(!readiness(&object(value.clone()), Around::default()).is_ready());
    value["status"] = json!({"loadBalancer": {"ingress": [{"ip": "10.20.3.8"}]}});
    assert_eq!(
        readiness(&object(value), Around::default()).note(),
        "10.20.3.8"
    );
}

#[test]
fn what_nobody_brings_to_life_is_ready_when_accepted() {
    for (version, kind) in [
        ("v1", "ConfigMap"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        (
            "admissionregistration.k8s.io/v1",
            "MutatingWebhookConfiguration",
        ),
        ("config.istio.io/v1alpha2", "rule"),
    ] {
        let value = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "x"}});
        assert!(
            readiness(&object(value), Around::default()).is_ready(),
            "{kind}"
        );
    }
}
