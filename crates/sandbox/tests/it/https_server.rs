//! The API over HTTPS, and kubeconfigs for it.

use std::time::Duration;

use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, ListParams};
use sandbox::{ClusterConfig, HttpsServer, Sandbox, kubeconfig};

use crate::support::connect;

async fn start(name: &str) -> HttpsServer {
    let config = ClusterConfig {
        name: name.to_owned(),
        ..ClusterConfig::default()
    };
    let sandbox = Sandbox::with_config(config);
    sandbox.listen("127.0.0.1:0").await.unwrap()
}

#[tokio::test]
async fn one_kubeconfig_has_a_context_for_each_cluster() {
    let west = start("west").await;
    let east = start("east").await;
    let text = kubeconfig(&[&west, &east]);
    for name in ["west", "east"] {
        let nodes: Api<Node> = Api::all(connect(&text, name).await);
        let nodes = nodes.list(&ListParams::default()).await.unwrap();
        assert_eq!(nodes.items[0].metadata.name, Some(format!("{name}-node-1")));
    }
}

#[tokio::test]
async fn a_server_stops_when_it_is_dropped() {
    let server = Sandbox::new().listen("127.0.0.1:0").await.unwrap();
    let address = server.address;
    assert!(tokio::net::TcpStream::connect(address).await.is_ok());
    drop(server);
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server still listens");
}
