//! The real kubectl against a sandbox that listens.

use sandbox::Sandbox;

use crate::support::{Tool, deployment};

#[tokio::test]
async fn kubectl_applies_waits_shows_and_deletes() {
    let sandbox = Sandbox::new();
    let test = "kubectl_applies_waits_shows_and_deletes";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let file = kubectl.file("pilot.json", &deployment("pilot", 2).to_string());
    let said = kubectl.says(&["apply", "-f", &file]).await;
    assert_eq!(said, "deployment.apps/pilot created\n");
    let wait = [
        "wait",
        "--for=condition=Available",
        "deployment/pilot",
        "--timeout=20s",
    ];
    assert_eq!(
        kubectl.says(&wait).await,
        "deployment.apps/pilot condition met\n"
    );
    let table = kubectl.says(&["get", "deployments"]).await;
    let columns: Vec<&str> = table.split_whitespace().take(9).collect();
    let shown = [
        "NAME",
        "READY",
        "UP-TO-DATE",
        "AVAILABLE",
        "AGE",
        "pilot",
        "2/2",
        "2",
        "2",
    ];
    assert_eq!(columns, shown);
    assert_eq!(
        kubectl.says(&["apply", "-f", &file]).await,
        "deployment.apps/pilot unchanged\n"
    );
    let deleted = kubectl
        .says(&["delete", "deployment", "pilot", "--cascade=foreground"])
        .await;
    assert_eq!(deleted, "deployment.apps \"pilot\" deleted\n");
    let pods = kubectl.says(&["get", "pods", "-o", "name"]).await;
    assert_eq!(pods, "");
}

#[tokio::test]
async fn kubectl_applies_on_the_server_and_meets_conflicts() {
    let sandbox = Sandbox::new();
    let test = "kubectl_applies_on_the_server_and_meets_conflicts";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let one = kubectl.file("one.json", &deployment("pilot", 1).to_string());
    let two = kubectl.file("two.json", &deployment("pilot", 2).to_string());
    let dry = kubectl
        .says(&["apply", "--dry-run=server", "-f", &one])
        .await;
    assert_eq!(dry, "deployment.apps/pilot created (server dry run)\n");
    kubectl.says(&["apply", "--server-side", "-f", &one]).await;
    let other = [
        "apply",
        "--server-side",
        "--field-manager=other",
        "-f",
        &two,
    ];
    let refused = kubectl.run(&other).await.unwrap_err();
    assert!(
        refused.contains("conflict with \"kubectl\": .spec.replicas"),
        "{refused}"
    );
    let forced = [&other[..], &["--force-conflicts"]].concat();
    assert_eq!(
        kubectl.says(&forced).await,
        "deployment.apps/pilot serverside-applied\n"
    );
}

#[tokio::test]
async fn kubectl_asks_what_it_may() {
    let sandbox = Sandbox::new();
    let Some(kubectl) = Tool::find("kubectl", "kubectl_asks_what_it_may", &sandbox).await else {
        return;
    };
    assert_eq!(
        kubectl
            .says(&["auth", "can-i", "create", "deployments"])
            .await,
        "yes\n"
    );
    let bob = ["auth", "can-i", "create", "deployments", "--as=bob", "-q"];
    assert!(kubectl.run(&bob).await.is_err());
    let refused = kubectl.run(&["get", "pods", "--as=bob"]).await.unwrap_err();
    assert!(
        refused.contains("User \"bob\" cannot list resource \"pods\""),
        "{refused}"
    );
}

#[tokio::test]
async fn kubectl_creates_in_protobuf_and_refuses_unknown_fields() {
    let sandbox = Sandbox::new();
    let test = "kubectl_creates_in_protobuf_and_refuses_unknown_fields";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    kubectl.says(&["create", "namespace", "shop"]).await;
    kubectl
        .says(&[
            "create",
            "secret",
            "generic",
            "key",
            "--from-literal=a=b",
            "-n",
            "shop",
        ])
        .await;
    let path = [
        "get",
        "secret",
        "key",
        "-n",
        "shop",
        "-o",
        "jsonpath={.data.a}",
    ];
    assert_eq!(kubectl.says(&path).await, "Yg==");
    kubectl
        .says(&[
            "create",
            "deployment",
            "web",
            "--image=nginx:1",
            "--replicas=2",
        ])
        .await;
    kubectl
        .says(&["rollout", "status", "deployment/web", "--timeout=20s"])
        .await;
    let mut wrong = deployment("pilot", 1);
    wrong["spec"]["replcas"] = serde_json::json!(2);
    let file = kubectl.file("wrong.json", &wrong.to_string());
    let refused = kubectl.run(&["apply", "-f", &file]).await.unwrap_err();
    assert!(
        refused.contains("unknown field \"spec.replcas\""),
        "{refused}"
    );
    let (_, warned) = kubectl
        .both(&["create", "--validate=warn", "-f", &file])
        .await;
    assert_eq!(warned, "Warning: unknown field \"spec.replcas\"\n");
}

#[tokio::test]
async fn kubectl_watches_pods_come_up() {
    let sandbox = Sandbox::new();
    let test = "kubectl_watches_pods_come_up";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let watch = ["get", "pods", "-w", "--request-timeout=3s"];
    let file = kubectl.file("pilot.json", &deployment("pilot", 1).to_string());
    let create = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        kubectl.says(&["apply", "-f", &file]).await
    };
    let (seen, _) = tokio::join!(kubectl.run(&watch), create);
    let seen = seen.unwrap_or_else(|failure| failure);
    assert!(
        seen.contains("ContainerCreating") && seen.contains("Running"),
        "{seen}"
    );
}
