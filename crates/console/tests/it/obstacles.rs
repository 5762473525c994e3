//! Obstacles of an installation are reported before it starts.

use crate::support::Operate as _;
use crate::support::{EAST, World, check, draft, ended, operator, reference, register, set, setup};
use cluster::{ObjectRef, Propagation};
use console::{Console, Error};
use serde_json::{Value, json};
use wire::{
    Code, DraftId,
    check::{CheckCode, CheckStatus, DetailCode},
    install::{Change, Scalar},
    job::JobState,
};

fn namespace() -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminating_namespace_fails_the_checks() {
    let world = World::new().await;
    world.create(namespace()).await;
    world
        .create(
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
            "name": "held", "namespace": "istio-system", "finalizers": ["example.org/held"]}}),
        )
        .await;
    let going = reference("v1", "Namespace", "istio-system");
    world
        .cluster()
        .delete(&going, Propagation::Background)
        .await
        .unwrap();
    let draft = world.remote().await;

    let checks = world.checks(&draft).await;

    let found = check(&checks, CheckCode::NamespaceState);
    assert_eq!(
        (found.status, found.arg("state")),
        (CheckStatus::Failed, "terminating")
    );
    refused(&world.console, &draft, CheckCode::NamespaceState).await;
}

fn webhook(name: &str, selector: &Value) -> Value {
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [{
            "name": format!("{name}.istio.io"), "failurePolicy": "Fail", "sideEffects": "None",
            "admissionReviewVersions": ["v1"], "namespaceSelector": selector,
            "clientConfig": {"service": {"name": "gone", "namespace": "old-istio"}},
            "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                "resources": ["pods"]}],
        }],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_webhook_warns_and_fails_when_it_matches_the_pods() {
    let world = World::new().await;
    let draft = world.remote().await;
    let elsewhere = json!({"matchLabels": {"istio-injection": "enabled"}});
    world.create(webhook("elsewhere", &elsewhere)).await;
    let found = world.checks(&draft).await;
    let found = check(&found, CheckCode::LeftoverWebhooks);
    assert_eq!(found.status, CheckStatus::Warning, "{found:?}");
    let detail = &found.details[0];
    assert!(detail.arg("webhook").ends_with(" elsewhere"), "{detail:?}");
    assert_eq!(detail.arg("service"), "old-istio/gone");

    world.create(webhook("everywhere", &json!({}))).await;
    let found = world.checks(&draft).await;
    assert_eq!(
        check(&found, CheckCode::LeftoverWebhooks).status,
        CheckStatus::Failed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crd_of_another_istio_generation_fails_the_checks() {
    let world = World::new().await;
    world
        .create(json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "gateways.networking.istio.io"},
            "spec": {
                "group": "networking.istio.io", "scope": "Namespaced",
                "names": {"kind": "Gateway", "plural": "gateways", "singular": "gateway",
                    "listKind": "GatewayList"},
                "versions": [{"name": "v1", "served": true, "storage": true,
                    "schema": {"openAPIV3Schema": {"type": "object"}}}],
            },
        }))
        .await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;

    let checks = world.checks(&draft).await;

    let found = check(&checks, CheckCode::LeftoverCrds);
    assert_eq!(found.status, CheckStatus::Failed, "{found:?}");
    let detail = &found.details[0];
    assert_eq!(detail.arg("crd"), "gateways.networking.istio.io");
    assert_eq!(detail.arg("served"), "v1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_object_fails_the_checks_and_names_its_owner() {
    let world = World::new().await;
    world.create(namespace()).await;
    let label = "app.kubernetes.io/managed-by";
    world
        .create(
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
            "name": "istio", "namespace": "istio-system", "labels": {label: "Helm"},
            "annotations": {"meta.helm.sh/release-name": "mesh-of-old",
                "meta.helm.sh/release-namespace": "istio-system"}}, "data": {"mesh": "theirs"}}),
        )
        .await;
    let draft = world.remote().await;

    let checks = world.checks(&draft).await;
    let found = check(&checks, CheckCode::Ownership);
    assert_eq!(found.status, CheckStatus::Failed);
    let detail = &found.details[0];
    assert_eq!(detail.code, DetailCode::OwnedByRelease);
    assert_eq!(detail.arg("release"), "mesh-of-old");
    assert_eq!(detail.arg("namespace"), "istio-system");
    let review = world.console.review(&operator(), &draft).await.unwrap();
    assert_eq!(review.counts.refused, 1);
    let problem = review.problem.unwrap();
    assert_eq!(problem.code, Code::OwnedByOther);
    assert_eq!(problem.arg("owner"), "release mesh-of-old in istio-system");
    let refused = review
        .objects
        .iter()
        .find(|o| matches!(o.change, Change::Refused(_)));
    assert_eq!(refused.unwrap().object.name, "istio");

    self::refused(&world.console, &draft, CheckCode::Ownership).await;
    let live = world
        .cluster()
        .get(&reference("v1", "ConfigMap", "istio"))
        .await
        .unwrap();
    assert_eq!(live.unwrap().text("/data/mesh"), "theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_permissions_are_named_in_the_checks_and_in_the_review() {
    let world = World::new().await;
    world
        .create(json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": "viewer"},
            "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}]}))
        .await;
    world
        .create(
            json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": "viewer"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                "name": "viewer"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group",
                "name": "viewers"}]}),
        )
        .await;
    let token = world.sandbox.token_for("vera", &["viewers"]);
    let kubeconfig = world.listening.kubeconfig();
    let kubeconfig = kubeconfig.replace(&world.sandbox.admin_token(), &token);
    let folder = tempfile::tempdir().unwrap();
    let console = Console::open(folder.path(), setup()).unwrap();
    register(&console, &kubeconfig).await;
    let draft = draft(&console, "built-in", "ack-istio-remote", EAST).await;
    let address = Scalar::Text("10.20.1.1".into());
    set(&console, &draft, "global.remotePilotAddress", address).await;

    let checks = console.checks(&operator(), &draft).await.unwrap().checks;
    let found = check(&checks, CheckCode::Permissions);
    assert_eq!(found.status, CheckStatus::Failed, "{found:?}");
    let denied: Vec<&str> = found
        .details
        .iter()
        .map(|detail| detail.arg("permission"))
        .collect();
    let is_creation = |denied: &&str| denied.contains("create") && denied.contains("secrets");
    assert!(denied.iter().any(is_creation), "{found:?}");
    assert!(
        !denied.iter().any(|denied| denied.starts_with("get ")),
        "{found:?}"
    );
    let review = console.review(&operator(), &draft).await.unwrap();
    assert_eq!(review.rights.status, CheckStatus::Failed);
    assert_eq!(review.problem.unwrap().code, Code::Forbidden);
    refused(&console, &draft, CheckCode::Permissions).await;
}

/// A check that fails prevents the start, also for a request that leads past the page.
async fn refused(console: &Console, draft: &DraftId, failed: CheckCode) {
    let refused = console.deploy(&operator(), draft).await;
    assert!(
        matches!(&refused, Err(Error::ChecksFailed { checks }) if checks.contains(&failed)),
        "{refused:?}"
    );
    assert_eq!(
        console
            .jobs(&operator(), &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows
            .len(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_that_are_not_served_are_all_named_and_nothing_is_applied() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "built-in", "bookinfo", EAST).await;
    world.checks(&draft).await;
    console.accept_warnings(&ann, &draft, true).await.unwrap();

    let review = console.review(&ann, &draft).await.unwrap();

    let problem = review.problem.unwrap();
    assert_eq!(problem.code, Code::KindNotServed, "{problem:?}");
    assert_eq!(problem.arg("chart"), "ack-istio or istio/base");
    let all = problem.detail.unwrap();
    assert!(
        all.contains("Gateway of networking.istio.io/v1alpha3"),
        "{all}"
    );
    assert!(
        all.contains("VirtualService of networking.istio.io/v1alpha3"),
        "{all}"
    );
    for row in &review.objects {
        if let Change::Refused(problem) = &row.change {
            assert_eq!(problem.arg("object"), row.object.to_string());
        }
    }
    let job = console.start_shown(&ann, &review.review).await.unwrap();
    let view = ended(console, &job).await;
    let JobState::Failed(problem) = &view.state else {
        panic!("{view:?}");
    };
    assert_eq!(problem.code, Code::KindNotServed);
    let service = ObjectRef {
        namespace: Some(review.draft.namespace.clone()),
        ..reference("v1", "Service", "productpage")
    };
    assert_eq!(world.cluster().get(&service).await.unwrap(), None);
}
