//! The reasons of objects that are not ready.

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
    let status = json!({"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1});
    let readiness = readiness(&deployment(&status), ReadinessContext::default());
    assert_eq!(readiness, Readiness::ready("1 of 1 ready"));
}

#[test]
fn a_deployment_with_an_unobserved_generation_is_not_ready() {
    let status = json!({"observedGeneration": 0, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1});
    assert!(!readiness(&deployment(&status), ReadinessContext::default()).is_ready());
}

#[test]
fn a_deployment_names_the_container_that_cannot_pull_its_image() {
    let pod = Arc::new(object(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "istio-pilot-1", "labels": {"istio": "pilot"}},
        "status": {"phase": "Pending", "containerStatuses": [{
            "name": "discovery",
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": "registry unreachable"}},
        }]},
    })));
    let context = ReadinessContext {
        pods: std::slice::from_ref(&pod),
        events: &[],
    };
    let found = readiness(&deployment(&json!({"observedGeneration": 1})), context);
    assert_eq!(found.note(), "0 of 1 ready");
    assert_eq!(
        found.reason(),
        "container discovery: ImagePullBackOff: registry unreachable"
    );
    assert!(matches!(found, Readiness::Failed { .. }));
}

#[test]
fn a_deployment_without_pods_reports_the_event_of_its_replica_set() {
    let event = KubernetesEvent {
        warning: true,
        reason: "FailedCreate".into(),
        kind: "ReplicaSet".into(),
        name: "istio-pilot-5c9b7".into(),
        message: "exceeded quota".into(),
        count: 1,
        at: 0,
    };
    let context = ReadinessContext {
        pods: &[],
        events: std::slice::from_ref(&event),
    };
    let found = readiness(&deployment(&json!({"observedGeneration": 1})), context);
    assert_eq!(found.reason(), "FailedCreate: exceeded quota");
}

#[test]
fn a_load_balancer_waits_for_its_address() {
    let mut value = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "gateway"},
        "spec": {"type": "LoadBalancer"},
    });
    assert!(!readiness(&object(value.clone()), ReadinessContext::default()).is_ready());
    value["status"] = json!({"loadBalancer": {"ingress": [{"ip": "10.20.3.8"}]}});
    assert_eq!(
        readiness(&object(value), ReadinessContext::default()).note(),
        "10.20.3.8"
    );
}

#[test]
fn kinds_without_readiness_are_ready_when_accepted() {
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
            readiness(&object(value), ReadinessContext::default()).is_ready(),
            "{kind}"
        );
    }
}

#[test]
fn a_pod_that_runs_is_ready_and_has_not_completed() {
    let pod = |status: serde_json::Value| {
        object(
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "test"}, "status": status}),
        )
    };
    let running = pod(json!({
        "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
    }));
    let context = ReadinessContext::default();
    assert!(readiness(&running, context).is_ready());
    let state = completion(&running, context);
    assert_eq!(
        (state.note(), state.reason()),
        ("running", "it has not completed")
    );
    assert!(completion(&pod(json!({"phase": "Succeeded"})), context).is_ready());
    let failed = pod(json!({"phase": "Failed", "containerStatuses": [
        {"name": "proxy", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
        {"name": "main", "state": {"terminated": {"exitCode": 7, "reason": "Error"}}},
    ]}));
    let failed = completion(&failed, context);
    assert_eq!(failed.reason(), "container main ended with exit code 7");
    assert!(matches!(failed, Readiness::Failed { .. }));
}
