//! What connects the members of a mesh is watched, and so are their API servers: what is missing is found before the
//! next periodical check.

use crate::{
    meshes::{Pair, request},
    support::setup,
};
use cluster::{Apply, Kind, MetadataPatch, Object, Propagation};
use console::Setup;
use serde_json::json;
use std::time::Duration;
use wire::{
    check::{CheckCode, CheckStatus},
    mesh::{HealthView, StepKind},
};

const SYSTEM: Option<&str> = Some("istio-system");
const TOKEN_TYPE: &str = "kubernetes.io/service-account-token";

fn is(health: &HealthView, code: CheckCode, status: CheckStatus) -> bool {
    let mut checks = health.doctor.checks.iter();
    let found = checks.find(|check| check.code == code);
    health.asking.is_none() && found.is_some_and(|check| check.status == status)
}

/// A joined pair whose check `code` passes. Without a watch, the next check would start after two minutes.
async fn joined(code: CheckCode) -> Pair {
    let setup = Setup {
        recovery_interval: Duration::from_mins(10),
        reachability_interval: Duration::from_millis(500),
        ..setup()
    };
    let pair = Pair::of(setup, request("article")).await;
    let shop = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": "shop", "labels": {"istio-injection": "enabled"}},
    });
    pair.west()
        .create(&Object::new(shop).unwrap())
        .await
        .unwrap();
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    pair.run_step(StepKind::Join).await;
    pair.health_that(|health| is(health, code, CheckStatus::Passed))
        .await;
    pair
}

async fn is_reported(pair: &Pair, code: CheckCode, status: CheckStatus) {
    pair.health_that(|health| is(health, code, status)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_binding_of_a_reader_is_found_without_a_request() {
    let pair = joined(CheckCode::ReaderRole).await;
    let binding = Kind::CLUSTER_ROLE_BINDING.object(None, "istio-multi");
    let west = pair.west();
    let deleted = west.delete(&binding, Propagation::Background).await;
    deleted.unwrap();
    is_reported(&pair, CheckCode::ReaderRole, CheckStatus::Failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_token_of_a_reader_is_found_without_a_request() {
    let pair = joined(CheckCode::ReaderToken).await;
    let west = pair.west();
    let secrets = west.list_objects(Kind::SECRET, SYSTEM, "").await.unwrap();
    let mut tokens = secrets
        .iter()
        .filter(|secret| secret.text("/type") == TOKEN_TYPE);
    let token = tokens.next().expect("a token").reference();
    west.delete(&token, Propagation::Background).await.unwrap();
    is_reported(&pair, CheckCode::ReaderToken, CheckStatus::Warning).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_remote_secret_is_found_without_a_request() {
    let pair = joined(CheckCode::KubeconfigCredentials).await;
    let east = pair.east();
    let found = east
        .list_objects(Kind::SECRET, SYSTEM, "istio/multiCluster=true")
        .await;
    let found = found.unwrap().pop().expect("a remote Secret");
    let mut secret = found.value().clone();
    let key = secret["data"]
        .as_object()
        .unwrap()
        .keys()
        .next()
        .unwrap()
        .clone();
    let kubeconfig = "apiVersion: v1
kind: Config
clusters: [{name: west, cluster: {server: 'https://10.1.1.1:6443'}}]
users: [{name: west, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: login}}}]
contexts: [{name: west, context: {cluster: west, user: west}}]
current-context: west
";
    secret["data"] = json!(null);
    secret["stringData"] = json!({ key: kubeconfig });
    secret["metadata"]["managedFields"] = json!(null);
    let secret = Object::new(secret).unwrap();
    east.apply(&secret, Apply::Force).await.unwrap();
    is_reported(&pair, CheckCode::KubeconfigCredentials, CheckStatus::Failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_label_of_a_meshed_namespace_is_found_without_a_request() {
    let pair = joined(CheckCode::PodSecurity).await;
    let level = ("pod-security.kubernetes.io/enforce", "restricted");
    let patch = MetadataPatch {
        labels: vec![(level.0.to_owned(), Some(level.1.to_owned()))],
        ..MetadataPatch::default()
    };
    let shop = Kind::NAMESPACE.object(None, "shop");
    let patched = pair.west().patch_metadata(&shop, &patch, None).await;
    patched.unwrap();
    is_reported(&pair, CheckCode::PodSecurity, CheckStatus::Failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_stops_answering_is_found_without_a_request() {
    let mut pair = joined(CheckCode::ClusterReachable).await;
    let _listener = pair.silence_west().await;
    is_reported(&pair, CheckCode::ClusterReachable, CheckStatus::Failed).await;
}
