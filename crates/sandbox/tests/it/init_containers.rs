//! Init containers: one after the other, before the containers of their pod.

use k8s_openapi::api::core::v1::{ContainerStatus, Pod, PodStatus};
use kube::Client;
use kube::api::{Api, PostParams};
use sandbox::{ClusterConfig, Sandbox, Timing};
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{client, object, wait_until};

async fn create(client: &Client, init_containers: Value) -> Api<Pod> {
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let pod: Pod = object(json!({
        "metadata": {"name": "web"},
        "spec": {
            "initContainers": init_containers,
            "containers": [{"name": "web", "image": "web:1"}],
        },
    }));
    pods.create(&PostParams::default(), &pod).await.unwrap();
    pods
}

async fn status(pods: &Api<Pod>) -> PodStatus {
    pods.get("web").await.unwrap().status.unwrap_or_default()
}

/// The status of a condition, with its reason and message.
fn condition(status: &PodStatus, condition_type: &str) -> Option<(String, String, String)> {
    let conditions = status.conditions.iter().flatten();
    let mut found = conditions.filter(|condition| condition.type_ == condition_type);
    let found = found.next()?.clone();
    Some((
        found.status,
        found.reason.unwrap_or_default(),
        found.message.unwrap_or_default(),
    ))
}

/// The reason for which a container waits.
fn waiting(statuses: Option<&Vec<ContainerStatus>>, position: usize) -> Option<String> {
    let state = statuses?.get(position)?.state.clone()?;
    state.waiting?.reason
}

/// The column `STATUS` of `kubectl get pods`.
async fn printed(client: &Client) -> (String, String) {
    let request = http::Request::get("/api/v1/namespaces/default/pods")
        .header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
        .body(Vec::new())
        .unwrap();
    let table: Value = client.request(request).await.unwrap();
    let cells = &table["rows"][0]["cells"];
    let text = |position: usize| cells[position].as_str().unwrap_or_default().to_owned();
    (text(1), text(2))
}

#[tokio::test]
async fn a_pod_whose_init_image_cannot_be_pulled_is_never_ready() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("setup:2");
    let client = client(&sandbox);
    let pods = create(
        &client,
        json!([{"name": "first", "image": "setup:1"}, {"name": "second", "image": "setup:2"}]),
    )
    .await;
    for (reason, text) in [
        ("ErrImagePull", "Init:ErrImagePull"),
        ("ImagePullBackOff", "Init:ImagePullBackOff"),
    ] {
        wait_until(reason, || async {
            let status = status(&pods).await;
            waiting(status.init_container_statuses.as_ref(), 1).as_deref() == Some(reason)
        })
        .await;
        let expected = ("0/1".to_owned(), text.to_owned());
        assert_eq!(printed(&client).await, expected);
    }
    let status_now = status(&pods).await;
    assert_eq!(status_now.phase.as_deref(), Some("Pending"));
    let expect = |status: &str, reason: &str, message: &str| {
        Some((status.to_owned(), reason.to_owned(), message.to_owned()))
    };
    assert_eq!(
        condition(&status_now, "Initialized"),
        expect(
            "False",
            "ContainersNotInitialized",
            "containers with incomplete status: [second]"
        )
    );
    assert_eq!(
        condition(&status_now, "Ready"),
        expect(
            "False",
            "ContainersNotReady",
            "containers with unready status: [web]"
        )
    );
    assert_eq!(
        waiting(status_now.container_statuses.as_ref(), 0).as_deref(),
        Some("PodInitializing")
    );
    sandbox.restore_image_pull("setup:2");
    wait_until("a running pod", || async {
        status(&pods).await.phase.as_deref() == Some("Running")
    })
    .await;
    assert_eq!(
        printed(&client).await,
        ("1/1".to_owned(), "Running".to_owned())
    );
}

#[tokio::test]
async fn init_containers_run_one_after_the_other() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        timing: Timing {
            container_start: Duration::from_millis(300),
            ..Timing::default()
        },
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    let pods = create(
        &client,
        json!([{"name": "first", "image": "setup:1"}, {"name": "second", "image": "setup:2"}]),
    )
    .await;
    for text in ["Init:0/2", "Init:1/2", "PodInitializing", "Running"] {
        wait_until(text, || async { printed(&client).await.1 == text }).await;
    }
    let statuses = status(&pods).await.init_container_statuses.unwrap();
    for status in statuses {
        let ended = status.state.unwrap().terminated.unwrap();
        assert_eq!(ended.reason.as_deref(), Some("Completed"));
    }
}

#[tokio::test]
async fn an_init_container_that_is_restarted_always_runs_beside_the_others() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let proxy = json!([{"name": "proxy", "image": "proxy:1", "restartPolicy": "Always"}]);
    let pods = create(&client, proxy).await;
    wait_until("a running pod", || async {
        status(&pods).await.phase.as_deref() == Some("Running")
    })
    .await;
    assert_eq!(
        printed(&client).await,
        ("2/2".to_owned(), "Running".to_owned())
    );
}
