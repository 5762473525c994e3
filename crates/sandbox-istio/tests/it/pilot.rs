//! Two clusters in the mesh of a Pilot of Istio 1.0.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams};

use crate::support::wait_until;
use crate::test_cluster::TestCluster;
use crate::test_mesh::TestMesh;

const DETAILS: &str = "details.bookinfo.svc.cluster.local|http";

#[tokio::test]
async fn the_page_is_complete_once_the_remote_with_details_has_joined() {
    let mesh = TestMesh::start().await;
    mesh.wait_for_product_status(503).await;
    assert!(mesh.page().await.contains("Error fetching product details"));
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_product_status(200).await;
    assert!(mesh.page().await.contains("Book Details"));
    let hosts = mesh.registered_hosts(DETAILS).await.unwrap();
    assert!(hosts[0].starts_with("172.20."), "{hosts:?}");
    assert_eq!(mesh.remote.addresses("app=details").await, hosts);
}

#[tokio::test]
async fn a_service_without_endpoints_has_no_hosts_and_a_missing_service_has_no_key() {
    let mesh = TestMesh::start().await;
    wait_until("a key", || async {
        mesh.registered_hosts(DETAILS).await.is_some()
    })
    .await;
    assert_eq!(mesh.registered_hosts(DETAILS).await, Some(Vec::new()));
    mesh.primary.delete_service("details").await;
    mesh.wait_for_product_status(500).await;
    wait_until("no key", || async {
        mesh.registered_hosts(DETAILS).await.is_none()
    })
    .await;
}

#[tokio::test]
async fn without_a_sidecar_the_page_sees_its_own_cluster_only() {
    let mesh = TestMesh::without_sidecars().await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_hosts(DETAILS, 1).await;
    mesh.wait_for_product_status(500).await;
    mesh.primary.run_details().await;
    mesh.wait_for_product_status(200).await;
}

#[tokio::test]
async fn without_the_role_of_the_reader_the_remote_has_no_endpoints() {
    let mesh = TestMesh::start().await;
    mesh.remote.run_details().await;
    mesh.remote.delete_role().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.assert_stays(DETAILS, 0).await;
    mesh.remote.apply_role(&["services", "pods", "nodes"]).await;
    mesh.assert_stays(DETAILS, 0).await;
    mesh.remote
        .apply_role(&["services", "pods", "nodes", "endpoints"])
        .await;
    mesh.wait_for_hosts(DETAILS, 1).await;
}

#[tokio::test]
async fn an_invalid_token_and_another_ca_join_nothing() {
    let mesh = TestMesh::start().await;
    mesh.remote.run_details().await;
    let right = mesh.remote.kubeconfig().await;
    let token = mesh.remote.token().await;
    mesh.create_remote_secret("token", &right.replace(&token, "wrong"))
        .await;
    let ca_bundle = mesh.primary.ca_bundle();
    mesh.create_remote_secret(
        "other-ca",
        &right.replace(&mesh.remote.ca_bundle(), &ca_bundle),
    )
    .await;
    mesh.create_remote_secret("nonsense", "no kubeconfig").await;
    mesh.assert_stays(DETAILS, 0).await;
    mesh.create_remote_secret("right", &right).await;
    mesh.wait_for_hosts(DETAILS, 1).await;
}

#[tokio::test]
async fn a_secret_without_the_label_is_ignored() {
    let mesh = TestMesh::start().await;
    mesh.remote.run_details().await;
    let config = mesh.remote.kubeconfig().await;
    mesh.create_secret("east", &BTreeMap::new(), &[("east", &config)])
        .await;
    mesh.assert_stays(DETAILS, 0).await;
}

#[tokio::test]
async fn a_changed_secret_has_no_effect_until_it_is_created_again() {
    let mesh = TestMesh::start().await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", "kind: Config").await;
    mesh.assert_stays(DETAILS, 0).await;
    let right = mesh.remote.kubeconfig().await;
    mesh.replace_secret("east", &right).await;
    mesh.assert_stays(DETAILS, 0).await;
    mesh.delete_secret("east").await;
    mesh.create_remote_secret("east", &right).await;
    mesh.wait_for_hosts(DETAILS, 1).await;
    mesh.delete_secret("east").await;
    mesh.wait_for_hosts(DETAILS, 0).await;
}

#[tokio::test]
async fn of_two_secrets_with_one_key_the_first_stays() {
    let mesh = TestMesh::start().await;
    mesh.remote.run_details().await;
    let right = mesh.remote.kubeconfig().await;
    let token = mesh.remote.token().await;
    let label = BTreeMap::from([("istio/multiCluster".to_owned(), "true".to_owned())]);
    mesh.create_secret("first", &label, &[("east", &right)])
        .await;
    mesh.wait_for_hosts(DETAILS, 1).await;
    let wrong = right.replace(&token, "wrong");
    mesh.create_secret("second", &label, &[("east", &wrong)])
        .await;
    mesh.assert_stays(DETAILS, 1).await;
}

#[tokio::test]
async fn an_endpoint_without_a_route_fails_the_call() {
    let mesh = TestMesh::on_separate_networks().await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_hosts(DETAILS, 1).await;
    mesh.wait_for_product_status(500).await;
}

#[tokio::test]
async fn the_page_keeps_working_without_pilot() {
    let mesh = TestMesh::start().await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_product_status(200).await;
    mesh.delete_pilot().await;
    assert!(mesh.page().await.contains("Book Details"));
}

#[tokio::test]
async fn existing_endpoints_stay_when_the_token_is_deleted() {
    let mesh = TestMesh::start().await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_hosts(DETAILS, 1).await;
    let secrets: Api<Secret> =
        Api::namespaced(mesh.remote.client.clone(), TestCluster::ISTIO_NAMESPACE);
    secrets
        .delete("istio-multi-token", &DeleteParams::default())
        .await
        .unwrap();
    mesh.assert_stays(DETAILS, 1).await;
    mesh.wait_for_product_status(200).await;
}

#[tokio::test]
async fn pilot_reads_with_the_permissions_of_its_service_account() {
    let mesh = TestMesh::start().await;
    mesh.remote.run_details().await;
    mesh.wait_for_hosts(DETAILS, 0).await;
    mesh.primary.apply_role(&["services", "secrets"]).await;
    mesh.primary.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_hosts(DETAILS, 1).await;
    mesh.primary
        .apply_role(&["services", "secrets", "endpoints"])
        .await;
    mesh.wait_for_hosts(DETAILS, 2).await;
}
