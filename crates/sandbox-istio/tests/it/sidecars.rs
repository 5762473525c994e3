//! Sidecars of the remote that begin with an address of the control plane, right or stale.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Service};
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;

use crate::side::Side;
use crate::support::{object, until};
use crate::two::Two;

const DETAILS: &str = "details.bookinfo.svc.cluster.local|http";

async fn pilot(two: &Two) -> String {
    let addresses = two.primary.addresses_in(Side::SYSTEM, "app=pilot").await;
    addresses.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_sidecar_that_never_found_its_control_plane_lets_nobody_in() {
    let two = Two::begin().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.remote
        .serve_details_from("stale", "172.16.9.9:15007")
        .await;
    two.until_hosts(DETAILS, 1).await;
    two.until_products(503).await;
    let address = format!("{}:15007", pilot(&two).await);
    two.remote.serve_details_from("right", &address).await;
    two.until_products(200).await;
}

#[tokio::test]
async fn running_sidecars_live_on_when_their_control_plane_goes_and_new_ones_do_not_begin() {
    let two = Two::begin().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    let address = format!("{}:15005", pilot(&two).await);
    two.remote.serve_details_from("early", &address).await;
    two.until_products(200).await;
    let image = "docker.io/istio/pilot:1.0.0";
    two.primary.run(Side::SYSTEM, "moved", &[image]).await;
    two.stop_pilot().await;
    two.until_products(200).await;
    two.remote.serve_details_from("late", &address).await;
    // They take turns.
    two.until_products(503).await;
    two.until_products(200).await;
}

#[tokio::test]
async fn a_balancer_before_the_control_plane_will_do() {
    let two = Two::begin().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    let services: Api<Service> = Api::namespaced(two.primary.client.clone(), Side::SYSTEM);
    let balanced = object(json!({"metadata": {"name": "pilot"}, "spec": {
        "type": "LoadBalancer", "selector": {"app": "pilot"},
        "ports": [{"name": "grpc-xds", "port": 15010}],
    }}));
    services
        .create(&PostParams::default(), &balanced)
        .await
        .unwrap();
    let balancer = || async {
        let status = services.get("pilot").await.unwrap().status?;
        status.load_balancer?.ingress?.into_iter().next()?.ip
    };
    until("a balancer", || async { balancer().await.is_some() }).await;
    let address = format!("{}:15007", balancer().await.unwrap());
    two.remote.serve_details_from("details", &address).await;
    two.until_products(200).await;
}

/// How a Job that dials an address from the remote ends: its condition, and what was said.
async fn dialled(two: &Two, host: &str, port: &str) -> (String, Option<String>) {
    let name = format!("dial-{port}");
    let jobs: Api<Job> = Api::default_namespaced(two.remote.client.clone());
    let job = object(json!({
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, "template": {"spec": {
            "restartPolicy": "Never",
            "containers": [{
                "name": "dial", "image": "istio/proxyv2:1.0.0",
                "command": ["bash", "-c", "exec 3<>\"/dev/tcp/$0/$1\"", host, port],
            }],
        }}},
    }));
    jobs.create(&PostParams::default(), &job).await.unwrap();
    let ended = || async {
        let status = jobs.get(&name).await.unwrap().status?;
        let last = status.conditions?.into_iter().last()?;
        (last.status == "True").then_some(last.type_)
    };
    until("the end", || async { ended().await.is_some() }).await;
    let pods: Api<Pod> = Api::default_namespaced(two.remote.client.clone());
    let of_job = ListParams::default().labels(&format!("job-name={name}"));
    let pods = pods.list(&of_job).await.unwrap();
    let status = pods.items[0].status.clone().unwrap();
    let state = status.container_statuses.unwrap()[0].state.clone().unwrap();
    (ended().await.unwrap(), state.terminated.unwrap().message)
}

#[tokio::test]
async fn a_job_that_dials_ends_as_the_network_says() {
    let two = Two::begin().await;
    let server = two.remote.listening.address;
    let (host, port) = (server.ip().to_string(), server.port().to_string());
    assert_eq!(
        dialled(&two, &host, &port).await,
        ("Complete".to_owned(), None)
    );
    let outside = dialled(&two, "203.0.113.1", "6443").await;
    assert_eq!(outside, ("Complete".to_owned(), None));
    let (condition, said) = dialled(&two, &pilot(&two).await, "15999").await;
    assert_eq!(condition, "Failed");
    let said = said.unwrap();
    assert!(said.ends_with("/15999: Connection refused"), "{said}");
}
