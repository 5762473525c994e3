//! kubectl with the HTTPS server of a sandbox.

use std::time::Duration;

use sandbox::Sandbox;
use serde_json::json;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};

use crate::support::{client, deploy, deployment, ready_pod_name};
use crate::tool::Tool;

#[tokio::test]
async fn kubectl_applies_waits_prints_and_deletes() {
    let sandbox = Sandbox::new();
    let test = "kubectl_applies_waits_prints_and_deletes";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let file = kubectl.file("pilot.json", &deployment("pilot", 2).to_string());
    let output = kubectl.output(&["apply", "-f", &file]).await;
    assert_eq!(output, "deployment.apps/pilot created\n");
    let wait = [
        "wait",
        "--for=condition=Available",
        "deployment/pilot",
        "--timeout=20s",
    ];
    assert_eq!(
        kubectl.output(&wait).await,
        "deployment.apps/pilot condition met\n"
    );
    let table = kubectl.output(&["get", "deployments"]).await;
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
        kubectl.output(&["apply", "-f", &file]).await,
        "deployment.apps/pilot unchanged\n"
    );
    let deleted = kubectl
        .output(&["delete", "deployment", "pilot", "--cascade=foreground"])
        .await;
    assert_eq!(deleted, "deployment.apps \"pilot\" deleted\n");
    let pods = kubectl.output(&["get", "pods", "-o", "name"]).await;
    assert_eq!(pods, "");
}

#[tokio::test]
async fn kubectl_applies_on_the_server_side_and_reports_conflicts() {
    let sandbox = Sandbox::new();
    let test = "kubectl_applies_on_the_server_side_and_reports_conflicts";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let first = kubectl.file("first.json", &deployment("pilot", 1).to_string());
    let second = kubectl.file("second.json", &deployment("pilot", 2).to_string());
    let dry = kubectl
        .output(&["apply", "--dry-run=server", "-f", &first])
        .await;
    assert_eq!(dry, "deployment.apps/pilot created (server dry run)\n");
    kubectl
        .output(&["apply", "--server-side", "-f", &first])
        .await;
    let other = [
        "apply",
        "--server-side",
        "--field-manager=other",
        "-f",
        &second,
    ];
    let refused = kubectl.run(&other).await.unwrap_err();
    assert!(
        refused.contains("conflict with \"kubectl\": .spec.replicas"),
        "{refused}"
    );
    let forced = [&other[..], &["--force-conflicts"]].concat();
    assert_eq!(
        kubectl.output(&forced).await,
        "deployment.apps/pilot serverside-applied\n"
    );
}

#[tokio::test]
async fn kubectl_lists_its_permissions() {
    let sandbox = Sandbox::new();
    let Some(kubectl) = Tool::find("kubectl", "kubectl_lists_its_permissions", &sandbox).await
    else {
        return;
    };
    assert_eq!(
        kubectl
            .output(&["auth", "can-i", "create", "deployments"])
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
async fn kubectl_creates_with_protobuf_and_rejects_unknown_fields() {
    let sandbox = Sandbox::new();
    let test = "kubectl_creates_with_protobuf_and_rejects_unknown_fields";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    kubectl.output(&["create", "namespace", "shop"]).await;
    kubectl
        .output(&[
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
    assert_eq!(kubectl.output(&path).await, "Yg==");
    kubectl
        .output(&[
            "create",
            "deployment",
            "web",
            "--image=nginx:1",
            "--replicas=2",
        ])
        .await;
    kubectl
        .output(&["rollout", "status", "deployment/web", "--timeout=20s"])
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
        .output_and_error(&["create", "--validate=warn", "-f", &file])
        .await;
    assert_eq!(warned, "Warning: unknown field \"spec.replcas\"\n");
}

#[tokio::test]
async fn kubectl_watches_pods_start() {
    let sandbox = Sandbox::new();
    let test = "kubectl_watches_pods_start";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let watch = ["get", "pods", "-w", "--request-timeout=3s"];
    let file = kubectl.file("pilot.json", &deployment("pilot", 1).to_string());
    let create = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        kubectl.output(&["apply", "-f", &file]).await
    };
    let (seen, _) = tokio::join!(kubectl.run(&watch), create);
    let seen = seen.unwrap_or_else(|failure| failure);
    assert!(
        seen.contains("ContainerCreating") && seen.contains("Running"),
        "{seen}"
    );
}

/// The first line of what a program says that contains this, within ten seconds.
async fn line(lines: &mut Lines<impl AsyncBufRead + Unpin>, wanted: &str) -> String {
    let found = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains(wanted) {
                return line;
            }
        }
        panic!("it ended without saying {wanted}")
    };
    tokio::time::timeout(Duration::from_secs(10), found)
        .await
        .unwrap()
}

/// The answer of a port of this machine to one request.
async fn get_from_port(port: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}"))
        .await
        .unwrap();
    let asked = b"GET /ready HTTP/1.1\r\nhost: web\r\nconnection: close\r\n\r\n";
    stream.write_all(asked).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn kubectl_forwards_ports_with_both_protocols() {
    let sandbox = Sandbox::new();
    sandbox.add_program("istio/web", 8080, |_| http::Response::new("made up".into()));
    let test = "kubectl_forwards_ports_with_both_protocols";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    deploy(&client(&sandbox), "web", 1).await;
    let name = ready_pod_name(&client(&sandbox), "default", "app=web").await;
    for websockets in ["true", "false"] {
        let variables = [("KUBECTL_PORT_FORWARD_WEBSOCKETS", websockets)];
        let pod = format!("pod/{name}");
        let mut running = kubectl.start(&["port-forward", &pod, ":8080", ":9"], &variables);
        let mut output = BufReader::new(running.stdout.take().unwrap()).lines();
        let mut ports = Vec::new();
        for remote in ["-> 8080", "-> 9"] {
            let line = line(&mut output, "127.0.0.1:").await;
            assert!(line.ends_with(remote), "{line}");
            let port = line.split([':', ' ']).nth(3).unwrap();
            ports.push(port.to_owned());
        }
        for _ in 0..3 {
            let answer = get_from_port(&ports[0]).await;
            assert!(answer.ends_with("made up"), "{websockets}: {answer}");
        }
        let _ = tokio::net::TcpStream::connect(format!("127.0.0.1:{}", ports[1])).await;
        let mut errors = BufReader::new(running.stderr.take().unwrap()).lines();
        let failure = line(&mut errors, "an error occurred forwarding").await;
        assert!(failure.contains("connect: connection refused"), "{failure}");
    }
}

#[tokio::test]
async fn kubectl_changes_from_client_side_to_server_side_apply() {
    let sandbox = Sandbox::new();
    let test = "kubectl_changes_from_client_side_to_server_side_apply";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let first = kubectl.file("first.json", &deployment("pilot", 1).to_string());
    let second = kubectl.file("second.json", &deployment("pilot", 2).to_string());
    kubectl.output(&["apply", "-f", &first]).await;
    let applied = kubectl
        .output(&["apply", "--server-side", "-f", &second])
        .await;
    assert_eq!(applied, "deployment.apps/pilot serverside-applied\n");
    let path = "jsonpath={range .metadata.managedFields[*]}{.manager} {.operation}{\"\\n\"}{end}";
    let shown = [
        "get",
        "deployment",
        "pilot",
        "--show-managed-fields",
        "-o",
        path,
    ];
    let managers = kubectl.output(&shown).await;
    assert!(managers.contains("kubectl Apply"), "{managers}");
    assert!(
        !managers.contains("kubectl-client-side-apply"),
        "{managers}"
    );
}

#[tokio::test]
async fn kubectl_applies_the_items_of_a_list() {
    let sandbox = Sandbox::new();
    let test = "kubectl_applies_the_items_of_a_list";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let map =
        |name: &str| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}});
    for (kind, names) in [("List", ["a", "b"]), ("ConfigMapList", ["c", "d"])] {
        let items = names.map(map);
        let list = json!({"apiVersion": "v1", "kind": kind, "items": items});
        let file = kubectl.file("list.json", &list.to_string());
        let output = kubectl.output(&["apply", "-f", &file]).await;
        let expected = names.map(|name| format!("configmap/{name} created\n"));
        assert_eq!(output, expected.concat());
    }
}

#[tokio::test]
async fn kubectl_names_the_crd_that_is_missing() {
    let sandbox = Sandbox::new();
    let test = "kubectl_names_the_crd_that_is_missing";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let monitor = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
        "metadata": {"name": "web", "namespace": "default"},
    });
    let file = kubectl.file("monitor.json", &monitor.to_string());
    let refused = kubectl.run(&["apply", "-f", &file]).await.unwrap_err();
    assert!(
        refused.contains(
            "no matches for kind \"ServiceMonitor\" in version \"monitoring.coreos.com/v1\"\n\
             ensure CRDs are installed first"
        ),
        "{refused}"
    );
}
