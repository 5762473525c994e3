//! Sandboxes over HTTPS, with kubeconfigs.

use std::time::Duration;

use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, ListParams};
use sandbox::{Sandbox, kubeconfig};

use crate::support::connect;

#[tokio::test]
async fn one_kubeconfig_leads_to_both_clusters() {
    let primary = Sandbox::with_config(sandbox_istio::control_plane())
        .listen("127.0.0.1:0")
        .await
        .unwrap();
    let remote = Sandbox::with_config(sandbox_istio::remote())
        .listen("127.0.0.1:0")
        .await
        .unwrap();
    let text = kubeconfig(&[&primary, &remote]);
    for name in ["istio-control-plane", "istio-remote1"] {
        let nodes: Api<Node> = Api::all(connect(&text, name).await);
        let nodes = nodes.list(&ListParams::default()).await.unwrap();
        assert_eq!(nodes.items[0].metadata.name, Some(format!("{name}-node-1")));
    }
}

#[tokio::test]
async fn a_sandbox_stops_listening_when_it_is_dropped() {
    let listening = Sandbox::new().listen("127.0.0.1:0").await.unwrap();
    let address = listening.address;
    assert!(tokio::net::TcpStream::connect(address).await.is_ok());
    drop(listening);
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it still listens");
}
