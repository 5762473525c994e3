//! One object of a release: its YAML without secrets, its events, its pods and their logs, and nothing of others.

use crate::support::{EAST, World, deployed, draft, operator, reference, release, set};
use cluster::{Apply, Object, ObjectRef};
use console::{AuditFilter, Error, read_audit};
use serde_json::json;
use std::time::Duration;
use wire::{
    install::Scalar,
    object::{LogRequest, ObjectRequest, ObjectView},
    release::Health,
};

const PASSWORD: &str = "correct-horse-battery-staple";

fn of_shop(api_version: &str, kind: &str) -> ObjectRequest {
    ObjectRequest {
        at: release("shop"),
        object: reference(api_version, kind, "shop"),
    }
}

/// A console with the release of the shop, whose Secret has the password.
async fn with_shop() -> World {
    let world = World::with_shop().await;
    let draft = draft(&world.console, "tests", "shop", EAST).await;
    let password = Scalar::Text(PASSWORD.into());
    set(&world.console, &draft, "database.password", password).await;
    deployed(&world.console, &draft).await;
    world
}

async fn object(world: &World, request: &ObjectRequest) -> ObjectView {
    let found = world.console.object(&operator(), request).await;
    found.unwrap()
}

/// Repeats a read until it is as expected.
async fn object_like(
    world: &World,
    request: &ObjectRequest,
    like: impl Fn(&ObjectView) -> bool,
) -> ObjectView {
    for _ in 0..400 {
        let found = object(world, request).await;
        if like(&found) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the object never becomes as expected");
}

fn log_of(view: &ObjectView, request: ObjectRequest) -> LogRequest {
    LogRequest {
        of: request,
        pod: view.pods.first().unwrap().name.clone(),
        container: "shop".into(),
        previous: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_has_its_yaml_its_events_and_its_pods() {
    let world = with_shop().await;
    let request = of_shop("apps/v1", "Deployment");

    let found = object_like(&world, &request, |found| found.health == Health::Ready).await;

    assert_eq!((found.note.as_str(), found.pods.len()), ("1 of 1 ready", 1));
    assert!(found.yaml.contains("readyReplicas: 1"), "{}", found.yaml);
    assert!(!found.yaml.contains("managedFields"), "{}", found.yaml);
    let pod = found.pods.first().unwrap();
    assert!(pod.health == Health::Ready && !pod.node.is_empty() && pod.created.is_some());
    assert!(
        found
            .events
            .iter()
            .any(|event| event.object.starts_with("Pod shop-")),
        "{:?}",
        found.events
    );
    let secret = object(&world, &of_shop("v1", "Secret")).await;
    assert!(secret.yaml.contains("password: ••••"), "{}", secret.yaml);
    assert!(!secret.has_pods);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_objects_of_the_release_and_only_their_pods_are_read() {
    let world = with_shop().await;
    let other = json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "other", "namespace": "istio-system"}});
    world.create(other).await;
    let foreign = ObjectRequest {
        object: reference("v1", "ConfigMap", "other"),
        ..of_shop("v1", "ConfigMap")
    };
    let refused = world.console.object(&operator(), &foreign).await;
    assert!(matches!(refused, Err(Error::NoObject(_))), "{refused:?}");

    let pod = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "other", "namespace": "istio-system"},
        "spec": {"containers": [{"name": "shop", "image": "other:1"}]}});
    world.create(pod).await;
    let log = LogRequest {
        of: of_shop("apps/v1", "Deployment"),
        pod: "other".into(),
        container: "shop".into(),
        previous: false,
    };
    let refused = world.console.container_log(&operator(), &log).await;
    assert!(matches!(refused, Err(Error::NoObject(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_object_is_missing() {
    let world = with_shop().await;
    let deployment: ObjectRef = reference("apps/v1", "Deployment", "shop");
    let propagation = cluster::Propagation::Background;
    world
        .cluster()
        .delete(&deployment, propagation)
        .await
        .unwrap();
    let found = object(&world, &of_shop("apps/v1", "Deployment")).await;
    assert_eq!((found.health, found.yaml.as_str()), (Health::Missing, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_read_with_a_line_in_the_audit_and_without_the_secrets_of_the_release() {
    let world = with_shop().await;
    let request = of_shop("apps/v1", "Deployment");
    // The sandbox logs the image of a container.
    let leaking = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "shop", "namespace": "istio-system"},
        "spec": {
            "selector": {"matchLabels": {"app": "shop"}},
            "template": {
                "metadata": {"labels": {"app": "shop"}},
                "spec": {"containers": [{"name": "shop", "image": format!("docker.io/shop/{PASSWORD}:1")}]},
            },
        },
    });
    let leaking = Object::new(leaking).unwrap();
    world.cluster().apply(&leaking, Apply::Force).await.unwrap();
    let has_new_pod_only = |found: &ObjectView| {
        let image_is_masked = found.yaml.contains("docker.io/shop/••••:1");
        image_is_masked && found.pods.len() == 1 && found.health == Health::Ready
    };
    let found = object_like(&world, &request, has_new_pod_only).await;
    let log = log_of(&found, request);

    let shown = world
        .console
        .container_log(&operator(), &log)
        .await
        .unwrap();

    assert!(
        shown.text.contains("started docker.io/shop/••••:1"),
        "{}",
        shown.text
    );
    assert_eq!((shown.lines, shown.cut), (2, false));
    let lines = read_audit(world.folder.path(), &AuditFilter::default()).unwrap();
    let line = lines
        .iter()
        .find(|line| line.action == "read-logs")
        .unwrap();
    assert!(line.target.contains(&log.pod), "{line:?}");
    assert_eq!(line.outcome.as_deref(), Some("succeeded"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_does_not_exist_is_refused_with_the_reason_of_the_cluster() {
    let world = with_shop().await;
    let request = of_shop("apps/v1", "Deployment");
    let found = object_like(&world, &request, |found| found.health == Health::Ready).await;
    let log = LogRequest {
        previous: true,
        ..log_of(&found, request)
    };
    let refused = world.console.container_log(&operator(), &log).await;
    let problem = wire::Problem::from(&refused.unwrap_err());
    let detail = problem.detail.unwrap_or_default();
    assert!(detail.contains("previous terminated container"), "{detail}");
}
