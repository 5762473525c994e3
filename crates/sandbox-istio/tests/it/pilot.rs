//! Two clusters on one network, joined by the pretend Pilot of the legacy line.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams};

use crate::side::Side;
use crate::support::until;
use crate::two::Two;

const DETAILS: &str = "details.bookinfo.svc.cluster.local|http";

#[tokio::test]
async fn the_page_is_whole_once_the_remote_that_serves_details_has_joined() {
    let two = Two::begin().await;
    let code = |code: u16| two.until_products(code);
    code(503).await;
    assert!(two.page().await.contains("Error fetching product details"));
    two.remote.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    code(200).await;
    assert!(two.page().await.contains("Book Details"));
    let hosts = two.hosts(DETAILS).await.unwrap();
    assert!(hosts[0].starts_with("172.20."), "{hosts:?}");
    assert_eq!(two.remote.addresses("app=details").await, hosts);
}

#[tokio::test]
async fn a_service_without_endpoints_has_no_hosts_and_one_that_is_not_there_no_key() {
    let two = Two::begin().await;
    until("a key", || async { two.hosts(DETAILS).await.is_some() }).await;
    assert_eq!(two.hosts(DETAILS).await, Some(Vec::new()));
    two.primary.delete_service("details").await;
    two.until_products(500).await;
    until("no key", || async { two.hosts(DETAILS).await.is_none() }).await;
}

#[tokio::test]
async fn without_a_sidecar_the_page_sees_its_own_cluster_only() {
    let two = Two::without_sidecars().await;
    two.remote.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.until_hosts(DETAILS, 1).await;
    two.until_products(500).await;
    two.primary.serve_details().await;
    two.until_products(200).await;
}

#[tokio::test]
async fn without_the_role_of_the_reader_nothing_of_the_remote_is_known() {
    let two = Two::begin().await;
    two.remote.serve_details().await;
    two.remote.take_role().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.stays(DETAILS, 0).await;
    two.remote.give_role(&["services", "pods", "nodes"]).await;
    two.stays(DETAILS, 0).await;
    two.remote
        .give_role(&["services", "pods", "nodes", "endpoints"])
        .await;
    two.until_hosts(DETAILS, 1).await;
}

#[tokio::test]
async fn a_wrong_token_and_another_authority_join_nothing() {
    let two = Two::begin().await;
    two.remote.serve_details().await;
    let right = two.remote.kubeconfig().await;
    let token = two.remote.token().await;
    two.join("token", &right.replace(&token, "wrong")).await;
    let authority = two.primary.authority();
    two.join(
        "authority",
        &right.replace(&two.remote.authority(), &authority),
    )
    .await;
    two.join("nonsense", "no kubeconfig").await;
    two.stays(DETAILS, 0).await;
    two.join("right", &right).await;
    two.until_hosts(DETAILS, 1).await;
}

#[tokio::test]
async fn a_secret_without_the_label_is_not_seen() {
    let two = Two::begin().await;
    two.remote.serve_details().await;
    let config = two.remote.kubeconfig().await;
    two.put_secret("east", &BTreeMap::new(), &[("east", &config)])
        .await;
    two.stays(DETAILS, 0).await;
}

#[tokio::test]
async fn a_changed_secret_changes_nothing_until_it_comes_anew() {
    let two = Two::begin().await;
    two.remote.serve_details().await;
    two.join("east", "kind: Config").await;
    two.stays(DETAILS, 0).await;
    let right = two.remote.kubeconfig().await;
    two.replace_secret("east", &right).await;
    two.stays(DETAILS, 0).await;
    two.leave("east").await;
    two.join("east", &right).await;
    two.until_hosts(DETAILS, 1).await;
    two.leave("east").await;
    two.until_hosts(DETAILS, 0).await;
}

#[tokio::test]
async fn of_two_secrets_with_one_key_the_first_stays() {
    let two = Two::begin().await;
    two.remote.serve_details().await;
    let right = two.remote.kubeconfig().await;
    let token = two.remote.token().await;
    let label = BTreeMap::from([("istio/multiCluster".to_owned(), "true".to_owned())]);
    two.put_secret("first", &label, &[("east", &right)]).await;
    two.until_hosts(DETAILS, 1).await;
    let wrong = right.replace(&token, "wrong");
    two.put_secret("second", &label, &[("east", &wrong)]).await;
    two.stays(DETAILS, 1).await;
}

#[tokio::test]
async fn an_endpoint_that_no_route_leads_to_is_an_error_of_the_call() {
    let two = Two::apart().await;
    two.remote.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.until_hosts(DETAILS, 1).await;
    two.until_products(500).await;
}

#[tokio::test]
async fn the_page_lives_on_while_pilot_is_gone() {
    let two = Two::begin().await;
    two.remote.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.until_products(200).await;
    two.stop_pilot().await;
    assert!(two.page().await.contains("Book Details"));
}

#[tokio::test]
async fn known_endpoints_stay_when_the_token_ends() {
    let two = Two::begin().await;
    two.remote.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.until_hosts(DETAILS, 1).await;
    let secrets: Api<Secret> = Api::namespaced(two.remote.client.clone(), Side::SYSTEM);
    secrets
        .delete("istio-multi-token", &DeleteParams::default())
        .await
        .unwrap();
    two.stays(DETAILS, 1).await;
    two.until_products(200).await;
}

#[tokio::test]
async fn pilot_reads_with_the_rights_of_its_own_account() {
    let two = Two::begin().await;
    two.remote.serve_details().await;
    two.until_hosts(DETAILS, 0).await;
    two.primary.give_role(&["services", "secrets"]).await;
    two.primary.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.until_hosts(DETAILS, 1).await;
    two.primary
        .give_role(&["services", "secrets", "endpoints"])
        .await;
    two.until_hosts(DETAILS, 2).await;
}
