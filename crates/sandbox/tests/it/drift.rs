//! Sidecars of the remote that begin with an address of the control plane, right or stale.

use k8s_openapi::api::core::v1::Service;
use kube::api::{Api, PostParams};
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
