//! Injected faults.

use k8s_openapi::api::core::v1::{ConfigMap, Event, Pod};
use kube::api::{Api, ListParams, PostParams};
use sandbox::Sandbox;
use serde_json::json;

use crate::support::{api_error, client, deploy, object, wait_until};

#[tokio::test]
async fn the_next_write_is_refused_once_and_names_the_sandbox() {
    let sandbox = Sandbox::new();
    let maps: Api<ConfigMap> = Api::default_namespaced(client(&sandbox));
    sandbox.refuse_next("configmaps");
    let new = object(json!({"metadata": {"name": "mesh"}}));
    let (code, message) = api_error(maps.create(&PostParams::default(), &new).await);
    assert_eq!(code, 500);
    assert!(
        message.contains("the sandbox refused to write configmaps"),
        "{message}"
    );
    maps.create(&PostParams::default(), &new).await.unwrap();
}

#[tokio::test]
async fn a_failed_pull_is_reported_by_status_and_events_until_it_is_restored() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("pilot");
    let client = client(&sandbox);
    deploy(&client, "pilot", 1).await;
    let pods: Api<Pod> = Api::default_namespaced(client.clone());
    let waiting = || async {
        let pods = pods.list(&ListParams::default()).await.unwrap().items;
        let status = pods.into_iter().next().and_then(|pod| pod.status);
        let container = status.and_then(|status| status.container_statuses?.into_iter().next());
        container.and_then(|container| container.state?.waiting?.reason)
    };
    wait_until("back-off", || async {
        waiting().await.as_deref() == Some("ImagePullBackOff")
    })
    .await;
    let events: Api<Event> = Api::default_namespaced(client);
    let failed = events
        .list(&ListParams::default().fields("type=Warning"))
        .await
        .unwrap();
    assert!(
        failed
            .iter()
            .any(|event| event.reason.as_deref() == Some("Failed"))
    );
    sandbox.restore_image_pull("pilot");
    wait_until("running", || async {
        let pods = pods.list(&ListParams::default()).await.unwrap().items;
        pods.iter()
            .all(|pod| pod.status.as_ref().unwrap().phase.as_deref() == Some("Running"))
    })
    .await;
}
