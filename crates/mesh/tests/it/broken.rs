//! The report of the doctor about a mesh with exactly one fault.

use crate::fixture::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use mesh::{
    facts::{CrdFacts, CrdVersion, Intent, IstioGeneration},
    gather::PlannedJoin,
};
use sandbox::{ClusterConfig, Sandbox};
use serde_json::json;
use wire::{
    ClusterId, ClusterName,
    check::{CheckCode, CheckStatus, CheckView, DetailCode, Remedy},
};

/// Asserts that a check has this status and a detail of this code with an argument that contains `part`.
fn assert_finding(check: &CheckView, status: CheckStatus, code: DetailCode, part: &str) {
    assert_eq!(check.status, status, "{check:#?}");
    let contains_part = |(_, value): &(String, String)| value.contains(part);
    let mut details = check.details.iter().filter(|detail| detail.code == code);
    assert!(
        details.any(|detail| detail.args.iter().any(contains_part)),
        "{check:#?}"
    );
}

#[tokio::test]
async fn the_same_ranges_in_both_clusters() {
    let config = ClusterConfig {
        name: "istio-remote1".into(),
        ..sandbox_istio::control_plane()
    };
    let mut mesh = TestMesh::bare(sandbox_istio::control_plane(), config).await;
    mesh.generation = Some(IstioGeneration::Mixer);
    let pods = mesh.check(CheckCode::PodRanges).await;
    assert_finding(
        &pods,
        CheckStatus::Failed,
        DetailCode::PodRangesOverlap,
        "172.16.1.0/24",
    );
    let services = mesh.check(CheckCode::ServiceRanges).await;
    assert_finding(
        &services,
        CheckStatus::Failed,
        DetailCode::ServiceRangesOverlap,
        "172.19.0.0/20",
    );
    mesh.generation = Some(IstioGeneration::Istiod);
    let services = mesh.check(CheckCode::ServiceRanges).await;
    assert_finding(
        &services,
        CheckStatus::Warning,
        DetailCode::ServiceRangesOverlap,
        "172.19.0.0/20",
    );
}

#[tokio::test]
async fn a_ca_that_did_not_sign_the_servers_certificate() {
    let mut mesh = TestMesh::bare(sandbox_istio::control_plane(), sandbox_istio::remote()).await;
    let server = mesh.west.server.clone();
    let join = |ca_bundle: &str| PlannedJoin {
        primary: ClusterName::new("east").unwrap(),
        remote: ClusterName::new("west").unwrap(),
        id: ClusterId::new("west").unwrap(),
        tls_server_name: None,
        server: server.clone(),
        ca_bundle: ca_bundle.to_owned(),
    };
    mesh.joins = vec![join(&mesh.east.ca_bundle)];
    let check = mesh.check(CheckCode::ServerCertificate).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::CertificateRejected,
        "127.0.0.1",
    );
    mesh.joins = vec![join(&mesh.west.ca_bundle)];
    let check = mesh.check(CheckCode::ServerCertificate).await;
    assert_eq!(check.status, CheckStatus::Passed, "{check:#?}");
}

#[tokio::test]
async fn two_tokens_for_one_reader() {
    let mesh = TestMesh::joined().await;
    mesh.west.apply(token_secret("second")).await;
    let check = mesh.check(CheckCode::SeveralTokens).await;
    assert_finding(
        &check,
        CheckStatus::Info,
        DetailCode::TokenSecrets,
        "second",
    );
}

#[tokio::test]
async fn a_role_that_lacks_a_right_or_is_not_there() {
    let mesh = TestMesh::joined().await;
    let mut role = reader()[1].clone();
    role["rules"].as_array_mut().unwrap().remove(2);
    mesh.west.apply(role).await;
    let check = mesh.check(CheckCode::ReaderPermissions).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::PermissionMissing,
        "list endpointslices.discovery.k8s.io",
    );
    let api = "rbac.authorization.k8s.io/v1";
    let name = "istio-reader-clusterrole-istio-system";
    mesh.west.delete(api, "ClusterRole", None, name).await;
    let check = mesh.check(CheckCode::ReaderRole).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::RoleMissing,
        "istio-reader-clusterrole",
    );
    assert_eq!(check.remedies, [Remedy::CreateRole]);
}

#[tokio::test]
async fn a_reader_that_may_do_everything() {
    let mesh = TestMesh::joined().await;
    let api = "rbac.authorization.k8s.io/v1";
    mesh
        .west
        .apply(json!({
            "apiVersion": api, "kind": "ClusterRoleBinding", "metadata": {"name": "too-much"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "name": "istio-reader-service-account",
                          "namespace": SYSTEM}],
        }))
        .await;
    let check = mesh.check(CheckCode::ReaderLeastPrivilege).await;
    assert_finding(
        &check,
        CheckStatus::Warning,
        DetailCode::PermissionExcessive,
        "*",
    );
}

#[tokio::test]
async fn a_remote_secret_that_no_control_plane_sees() {
    let mesh = TestMesh::joined().await;
    let token = mesh.west.token().await;
    let mut secret = remote_secret("west", &kubeconfig(&mesh.west, &token));
    let labels = &mut secret["metadata"]["labels"];
    *labels = json!({"istio/multiCluster": "yes"});
    mesh.east.apply(secret).await;
    let check = mesh.check(CheckCode::RemoteSecretLocation).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::SecretWithoutLabel,
        "istio-remote-secret-west",
    );
}

#[tokio::test]
async fn a_kubeconfig_that_runs_a_program() {
    let mesh = TestMesh::joined().await;
    let token = mesh.west.token().await;
    let text = kubeconfig(&mesh.west, &token);
    let text = text.replace(&format!("token: {token}"), "exec: {command: aws}");
    mesh.east.apply(remote_secret("west", &text)).await;
    let check = mesh.check(CheckCode::KubeconfigCredentials).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::KubeconfigRejected,
        "exec: ",
    );
    let access = mesh.check(CheckCode::TokenAccepted).await;
    assert_eq!(access.status, CheckStatus::Skipped, "{access:#?}");
}

#[tokio::test]
async fn a_namespace_on_its_way_out() {
    let mesh = TestMesh::joined().await;
    mesh.west
        .apply(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "held", "namespace": SYSTEM, "finalizers": ["example.test/held"]},
        }))
        .await;
    mesh.west.delete("v1", "Namespace", None, SYSTEM).await;
    let check = mesh.check(CheckCode::NamespaceState).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::NamespaceTerminating,
        "istio-system",
    );
}

#[tokio::test]
async fn a_webhook_whose_service_is_gone() {
    let mesh = TestMesh::joined().await;
    let api = "discovery.k8s.io/v1";
    mesh.west
        .delete(api, "EndpointSlice", Some(SYSTEM), "istiod")
        .await;
    let check = mesh.check(CheckCode::LeftoverWebhooks).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::WebhookWithoutEndpoint,
        "istio-sidecar-injector",
    );
}

#[tokio::test]
async fn a_definition_of_the_old_line() {
    let mut mesh = TestMesh::joined().await;
    mesh
        .west
        .settle(vec![json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "gateways.networking.istio.io", "labels": {"release": "istio"}},
            "spec": {
                "group": "networking.istio.io", "scope": "Namespaced",
                "names": {"kind": "Gateway", "plural": "gateways", "singular": "gateway"},
                "versions": [{"name": "v1alpha3", "served": true, "storage": true, "schema":
                    {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}],
            },
        })])
        .await;
    mesh.west.planned.crds = vec![CrdFacts {
        name: "gateways.networking.istio.io".into(),
        versions: vec![CrdVersion {
            name: "v1".into(),
            served: true,
        }],
        stored: Vec::new(),
        release: None,
        terminating: false,
        bundle: None,
    }];
    let check = mesh.check(CheckCode::LeftoverCrds).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::CrdVersionsMissing,
        "istio",
    );
}

#[tokio::test]
async fn a_reader_that_a_chart_will_make_too() {
    let mut mesh = TestMesh::joined().await;
    mesh.west.planned.creates_reader = true;
    let check = mesh.check(CheckCode::Ownership).await;
    assert_finding(
        &check,
        CheckStatus::Info,
        DetailCode::OwnedByJoin,
        "istio-reader-service-account",
    );
    assert_eq!(check.remedies, [Remedy::Adopt]);
}

#[tokio::test]
async fn an_address_of_a_pod_that_becomes_stale() {
    let mesh = TestMesh::joined().await;
    let facts = mesh.facts().await;
    let pods = facts.clusters[0].known_pods();
    let pilot = pods
        .iter()
        .find(|pod| pod.label("app") == "istiod")
        .unwrap();
    let address = pilot.address.unwrap().to_string();
    mesh.west.apply(slice(&address)).await;
    let check = mesh.check(CheckCode::RemoteAddress).await;
    assert_finding(
        &check,
        CheckStatus::Warning,
        DetailCode::AddressOfPod,
        &address,
    );
    let check = mesh.check(CheckCode::RemoteAddressStale).await;
    assert_eq!(check.status, CheckStatus::Passed, "{check:#?}");
    mesh.west.apply(slice("172.16.250.250")).await;
    let check = mesh.check(CheckCode::RemoteAddressStale).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::AddressStale,
        "172.16.250.250",
    );
}

#[tokio::test]
async fn a_service_that_callers_cannot_name() {
    let mesh = TestMesh::joined().await;
    mesh.east
        .delete("v1", "Service", Some("bookinfo"), "details")
        .await;
    let check = mesh.check(CheckCode::ServiceForCallers).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::ServiceMissing,
        "bookinfo/details",
    );
}

#[tokio::test]
async fn a_namespace_that_lost_its_label_and_pods_without_a_proxy() {
    let mesh = TestMesh::joined().await;
    let west = &mesh.west;
    west.apply(namespace("bookinfo", &json!({}), &json!({})))
        .await;
    let check = mesh.check(CheckCode::InjectionLabel).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::NamespaceNotLabelled,
        "bookinfo",
    );
    west.settle(vec![deployment(
        "bookinfo",
        "ratings",
        &json!({"app": "ratings"}),
        &json!([{"name": "main", "image": "bookinfo/ratings:1"}]),
    )])
    .await;
    let inject = json!({"istio-injection": "enabled"});
    west.apply(namespace("bookinfo", &inject, &json!({}))).await;
    let check = mesh.check(CheckCode::PodsWithoutSidecar).await;
    assert_finding(
        &check,
        CheckStatus::Warning,
        DetailCode::SidecarMissing,
        "Pod bookinfo/ratings-",
    );
}

#[tokio::test]
async fn a_token_that_was_deleted() {
    let mesh = TestMesh::joined().await;
    mesh.west
        .delete("v1", "Secret", Some(SYSTEM), "istio-reader-token")
        .await;
    let check = mesh.check(CheckCode::TokenAccepted).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::TokenRejected,
        "istio-remote-secret-west",
    );
    let token = mesh.check(CheckCode::ReaderToken).await;
    assert_finding(
        &token,
        CheckStatus::Warning,
        DetailCode::ReaderWithoutToken,
        "istio-reader-service-account",
    );
}

#[tokio::test]
async fn a_remote_with_another_ca() {
    let mesh = TestMesh::joined().await;
    let token = mesh.west.token().await;
    let other = Sandbox::new().listen("127.0.0.1:0").await.unwrap();
    let text = kubeconfig(&mesh.west, &token);
    let own = STANDARD.encode(&mesh.west.ca_bundle);
    let text = text.replace(&own, &STANDARD.encode(&other.ca_pem));
    mesh.east.apply(remote_secret("west", &text)).await;
    let check = mesh.check(CheckCode::RemoteCaChanged).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::ServerCaChanged,
        "istio-remote-secret-west",
    );
}

#[tokio::test]
async fn a_webhook_that_trusts_somebody_else() {
    let mesh = TestMesh::joined().await;
    let root = mesh.west.ca_bundle.clone();
    mesh.west.apply(injector(&root)).await;
    let check = mesh.check(CheckCode::WebhookBundle).await;
    assert_finding(
        &check,
        CheckStatus::Failed,
        DetailCode::CaBundleUntrusted,
        "east",
    );
}

#[tokio::test]
async fn policy_of_the_old_line_that_is_not_ready() {
    let mesh = TestMesh::bare(sandbox_istio::control_plane(), sandbox_istio::remote()).await;
    mesh.east
        .apply(namespace(SYSTEM, &json!({}), &json!({})))
        .await;
    mesh.east
        .apply(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "istio", "namespace": SYSTEM}, "data": {"mesh": "mtls: {}\n"},
        }))
        .await;
    let pilot = json!([{"name": "discovery", "image": "istio/pilot:1.0.0"}]);
    let pilot = deployment(SYSTEM, "istio-pilot", &json!({"istio": "pilot"}), &pilot);
    mesh.east.settle(vec![pilot]).await;
    mesh.east.sandbox().fail_image_pull("mixer");
    let mixer = json!([{"name": "mixer", "image": "istio/mixer:1.0.0"}]);
    let labels = json!({"istio-mixer-type": "policy"});
    mesh.east
        .apply(deployment(SYSTEM, "istio-policy", &labels, &mixer))
        .await;
    let check = mesh.check(CheckCode::PolicyReachable).await;
    assert_finding(&check, CheckStatus::Failed, DetailCode::PolicyNotReady, "1");
}

#[tokio::test]
async fn a_removal_that_leaves_something() {
    let mut mesh = TestMesh::joined().await;
    mesh.intent = Intent::Remove;
    let order = mesh.check(CheckCode::RemovalOrder).await;
    assert_finding(&order, CheckStatus::Info, DetailCode::RemoveWorkloads, "1");
    mesh.east
        .delete("apps/v1", "Deployment", Some(SYSTEM), "istiod")
        .await;
    let order = mesh.check(CheckCode::RemovalOrder).await;
    assert_finding(
        &order,
        CheckStatus::Warning,
        DetailCode::WorkloadsWithoutControlPlane,
        "1",
    );
    let left = mesh.check(CheckCode::Leftovers).await;
    assert_finding(
        &left,
        CheckStatus::Warning,
        DetailCode::Leftover,
        "ConfigMap bookinfo/istio-ca-root-cert",
    );
}
