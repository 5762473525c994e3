//! Clusters that do not answer, or no longer.

use crate::world::{connect, credentials};
use cluster::{AddressPolicy, Cluster, Error, ObjectRef};
use sandbox::Sandbox;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use wire::ClusterName;

fn settings() -> ObjectRef {
    ObjectRef {
        kind: "ConfigMap".into(),
        api_version: "v1".into(),
        namespace: Some("default".into()),
        name: "settings".into(),
    }
}

#[tokio::test]
async fn a_cluster_that_never_answers_ends_by_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = listener.local_addr().unwrap();
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let kubeconfig = listening.kubeconfig();
    let kubeconfig = kubeconfig.replace(&listening.address.to_string(), &silent.to_string());
    let cluster = connect(&kubeconfig).within_at_most(Duration::from_secs(1));
    let begun = Instant::now();
    let error = cluster.version().await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(
        error.to_string(),
        "could not read its version on cluster east: no answer in 1 s"
    );
    assert!(error.is_unreachable());
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let cluster = connect(&listening.kubeconfig());
    drop(listening);
    let error = cluster.version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_api_server_of_another_authority_is_not_talked_to() {
    let (one, other) = (Sandbox::new(), Sandbox::new());
    let one = one.listen("127.0.0.1:0").await.unwrap();
    let other = other.listen("127.0.0.1:0").await.unwrap();
    let mixed = one
        .kubeconfig()
        .replace(&one.address.to_string(), &other.address.to_string());
    let error = connect(&mixed).version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn loopback_is_not_dialled_where_it_is_not_allowed() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let name = ClusterName::new("east").unwrap();
    let credentials = credentials(&listening.kubeconfig());
    let refused = Cluster::connect(name, &credentials, AddressPolicy::Remote);
    assert!(matches!(refused, Err(Error::Address { .. })));
}

#[tokio::test]
async fn a_sandbox_that_ends_in_the_middle_is_unreachable() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let cluster = connect(&listening.kubeconfig());
    dies_in_the_middle(cluster, || drop(listening)).await;
}

#[tokio::test]
async fn a_real_api_server_that_dies_in_the_middle_is_unreachable() {
    match lab::one("istio-remote1").await {
        Ok(real) => {
            let by_certificate = connect(&real.certificate_kubeconfig());
            assert_eq!(by_certificate.version().await.unwrap(), lab::VERSION);
            dies_in_the_middle(connect(&real.kubeconfig()), || real.stop()).await;
        }
        Err(error) => {
            lab::skip(
                "a_real_api_server_that_dies_in_the_middle_is_unreachable",
                &error,
            );
        }
    }
}

async fn dies_in_the_middle(cluster: Cluster, die: impl FnOnce()) {
    assert_eq!(cluster.get(&settings()).await.unwrap(), None);
    die();
    let begun = Instant::now();
    let error = cluster.get(&settings()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "could not read ConfigMap default/settings on cluster east: no answer"
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
}
