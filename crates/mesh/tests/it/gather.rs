//! A whole mesh, and clusters that keep something to themselves.

use crate::fixture::*;
use mesh::facts::{ClusterFacts, MeshFacts, RangeSource};
use std::time::{Duration, Instant};
use wire::check::{CheckCode, CheckStatus, CheckView, DetailCode, SkipReason};

#[tokio::test]
async fn the_facts_of_a_joined_mesh_are_gathered() {
    let mesh = TestMesh::joined().await;
    let facts = mesh.facts().await;
    assert_eq!(facts.joins.len(), 1);
    let join = &facts.joins[0];
    assert_eq!(
        (join.remote.as_str(), join.id.as_str(), join.joined),
        ("west", "west", true)
    );
    let plane = facts.clusters[0].installed_control_plane().unwrap();
    assert_eq!(
        (plane.version.as_str(), plane.cluster_id()),
        ("1.30.5", "east")
    );
    let ranges = facts.clusters[0].pod_ranges.as_ref().unwrap();
    assert!(
        ranges
            .iter()
            .all(|range| range.source == RangeSource::NodeCidr)
    );
    let shown = format!("{facts:?}");
    let token = mesh.west.token().await;
    assert!(!shown.contains(&token), "a token is nowhere in the facts");

    // A sandbox dials no address, and its API server is on loopback. Its webhook has no port in the
    // Service of the fixture, whose join has no mark of the console.
    let expected = [
        ("P01", CheckStatus::Info),
        ("P05", CheckStatus::Warning),
        ("P06", CheckStatus::Skipped),
        ("P27", CheckStatus::Warning),
        ("P36", CheckStatus::Info),
    ];
    // istiod reads the remote; kube-proxy may drop calls until it knows the endpoints.
    for _ in 0..100 {
        if unwell(&mesh.facts().await) == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert_eq!(unwell(&mesh.facts().await), expected);
}

/// Every check that did not pass although it applies.
fn unwell(facts: &MeshFacts) -> Vec<(&'static str, CheckStatus)> {
    let mut unwell = Vec::new();
    for check in mesh::doctor::examine(facts) {
        let not_here = check.skipped.is_some_and(|why| why != SkipReason::Unknown);
        if check.status != CheckStatus::Passed && !not_here {
            unwell.push((check.code.id(), check.status));
        }
    }
    unwell
}

#[tokio::test]
async fn a_mesh_of_real_api_servers_is_found_as_it_is() {
    let test = "a_mesh_of_real_api_servers_is_found_as_it_is";
    let lab = match lab::Lab::start().await {
        Ok(lab) => lab,
        Err(error) => return lab::skip(test, &error),
    };
    let (east, west) = (lab.control_plane().kubeconfig(), lab.remote().kubeconfig());
    let mesh = TestMesh::real(&east, &west).await;
    let facts = mesh.facts().await;
    let found = unwell(&facts);
    // The findings of the sandbox, and those of checks that a sandbox passes.
    let expected = [
        ("P01", CheckStatus::Info),
        ("P05", CheckStatus::Warning),
        ("P06", CheckStatus::Skipped),
        ("P27", CheckStatus::Warning),
        ("P36", CheckStatus::Info),
        ("D01", CheckStatus::Skipped),
        ("D24", CheckStatus::Skipped),
        ("D26", CheckStatus::Skipped),
    ];
    assert_eq!(found, expected);
    let token = mesh.west.token().await;
    mesh.west
        .delete("v1", "Secret", Some(SYSTEM), "istio-reader-token")
        .await;
    mesh.west.refuses(&token).await;
    let check = mesh.check(CheckCode::TokenAccepted).await;
    assert_eq!(check.status, CheckStatus::Failed, "{check:#?}");
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_is_unknown_and_the_other_is_known() {
    let mut mesh = TestMesh::bare(sandbox_istio::control_plane(), sandbox_istio::remote()).await;
    mesh.west.end();
    let facts = mesh.facts().await;
    let known = |facts: &ClusterFacts| (facts.version.is_ok(), facts.pods.is_ok());
    assert_eq!(known(&facts.clusters[0]), (true, true));
    assert_eq!(known(&facts.clusters[1]), (false, false));
    let why = facts.clusters[1].pods.as_ref().unwrap_err();
    assert!(why.reason.contains("no answer"), "{why}");
}

#[tokio::test]
async fn a_silent_api_server_is_one_failure_within_ten_seconds() {
    let mut mesh = TestMesh::joined().await;
    let _listener = mesh.west.silence();
    let start = Instant::now();
    let facts = mesh.facts().await;
    let checks: Vec<CheckView> = mesh::doctor::examine(&facts).collect();
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    let failed: Vec<&CheckView> = checks
        .iter()
        .filter(|check| check.status == CheckStatus::Failed)
        .collect();
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!(failed[0].code, CheckCode::ClusterReachable);
    assert_eq!(failed[0].details[0].cluster.as_deref(), Some("west"));
    let reason = failed[0].details[0].arg("reason");
    assert!(reason.contains("no answer in 6 s"), "{reason}");

    let because = |check: &&CheckView| {
        let mut details = check.details.iter();
        details.any(|detail| detail.arg("check") == "P32")
    };
    let others: Vec<&CheckView> = checks.iter().filter(because).collect();
    assert!(others.len() > 20, "{}", others.len());
    for check in &checks {
        let about_east = check.status == CheckStatus::Info || check.status == CheckStatus::Warning;
        let attributed = check.skipped == Some(SkipReason::ClusterUnreachable);
        assert_eq!(attributed, because(&check) && !about_east, "{check:#?}");
        let unknown = check
            .details
            .iter()
            .filter(|detail| detail.code == DetailCode::Unknown);
        assert_eq!(unknown.count(), 0, "{check:#?}");
    }
    let east = &facts.clusters[0];
    assert!(east.pods.is_ok() && east.installed_control_plane().is_some());
}

#[tokio::test]
async fn forbidden_facts_are_unknown_with_the_message_of_the_cluster() {
    let mut mesh = TestMesh::joined().await;
    let token = mesh.west.sandbox().token_for("unprivileged", &[]);
    let text = kubeconfig(&mesh.west, &token);
    let policy = cluster::AddressPolicy::WithLoopback;
    let contexts = cluster::read_kubeconfig(&text, policy).unwrap();
    let credentials = contexts.into_iter().next().unwrap().outcome.unwrap();
    let name = wire::ClusterName::new("west").unwrap();
    mesh.west.cluster = cluster::Cluster::connect(name, &credentials, policy).unwrap();
    let facts = mesh.facts().await;
    let west = &facts.clusters[1];
    assert!(west.version.is_ok(), "every user may read the version");
    let why = west.nodes.as_ref().unwrap_err();
    assert!(
        why.reason.contains("cannot list resource \"nodes\""),
        "{why}"
    );
    let range = west.service_ranges.as_ref().unwrap_err();
    assert!(range.reason.contains("\"unprivileged\""), "{range}");
    let ranges = mesh::doctor::examine(&facts)
        .find(|check| check.code.id() == "P03")
        .unwrap();
    assert_eq!(ranges.skipped, Some(SkipReason::Unknown));
}
