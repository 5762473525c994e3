//! Probes connections from inside a cluster, and deletes the Job afterwards.

use crate::{fixture::TestMesh, pair::Pair};
use cluster::{AsUser, Cluster, Kind};
use mesh::{
    facts::{MeshFacts, Purpose},
    probe::{Probe, ProbeTool, probe, probe_mesh},
};
use sandbox::Sandbox;
use tokio_util::sync::CancellationToken;
use wire::check::{CheckCode, CheckStatus, CheckView};

fn to(namespace: &str) -> Probe {
    Probe {
        namespace: namespace.into(),
        host: "10.0.2.6".into(),
        port: 6443,
        purpose: Purpose::ApiServer,
    }
}

pub(crate) async fn a_job_probes_and_is_deleted(pair: &Pair) {
    let east = &pair.east.user();
    let stop = CancellationToken::new();
    let tool = ProbeTool::bash("istio/proxyv2:1.30.5");
    let namespace = crate::fixture::namespace(
        &pair.namespace,
        &serde_json::json!({"pod-security.kubernetes.io/enforce": "restricted"}),
        &serde_json::json!({}),
    );
    pair.east.apply(namespace).await;
    let found = probe(east, &to(&pair.namespace), &tool, &stop).await;
    assert_eq!(
        (found.from.as_str(), found.to.as_str()),
        ("east", "10.0.2.6:6443")
    );
    assert_eq!(found.outcome, Ok(Ok(())), "the pod is let in and ends well");
    let jobs = east
        .list_objects(Kind::JOB, Some(&pair.namespace), "")
        .await
        .unwrap();
    let live = jobs
        .iter()
        .filter(|object| object.text("/metadata/deletionTimestamp").is_empty());
    assert_eq!(live.count(), 0);
}

#[tokio::test]
async fn where_no_image_comes_or_jobs_are_forbidden_nothing_is_known() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("proxyv2");
    let stop = CancellationToken::new();
    let tool = ProbeTool::bash("istio/proxyv2:1.30.5");
    let cluster = Cluster::from_service(sandbox.service());
    let found = probe(&AsUser::new(cluster.clone()), &to("default"), &tool, &stop).await;
    let why = found.outcome.unwrap_err();
    assert!(why.reason.contains("does not start"), "{why}");
    let jobs = cluster.list_objects(Kind::JOB, None, "").await.unwrap();
    assert_eq!(jobs.len(), 0);
    let unprivileged =
        Cluster::from_service(sandbox.service_with_token(&sandbox.token_for("unprivileged", &[])));
    let found = probe(&AsUser::new(unprivileged), &to("default"), &tool, &stop).await;
    let why = found.outcome.unwrap_err();
    assert!(
        why.reason.contains("cannot create resource \"jobs\""),
        "{why}"
    );
}

fn check(facts: &MeshFacts, code: CheckCode) -> CheckView {
    let mut all = mesh::doctor::examine(facts);
    all.find(|check| check.code == code).unwrap()
}

#[tokio::test]
async fn the_doctor_evaluates_the_probes() {
    let mut mesh = TestMesh::joined().await;
    let mut facts = mesh.facts().await;
    assert_eq!(
        check(&facts, CheckCode::ServerReachable).status,
        CheckStatus::Skipped
    );
    let stop = CancellationToken::new();
    let tool = ProbeTool::bash("istio/proxyv2:1.30.5");
    let both = [&mesh.east.user(), &mesh.west.user()];
    probe_mesh(&mut facts, &both, "default", &tool, &stop).await;
    assert_eq!(
        facts.joins[0].probes.len(),
        2,
        "{:?}",
        facts.joins[0].probes
    );
    let server = check(&facts, CheckCode::ServerReachable);
    assert_eq!(server.status, CheckStatus::Passed, "{server:#?}");

    // The control plane's pod went, and the remote still dials where it was.
    facts.joins[0].probes.clear();
    let endpoints = facts.joins[0].endpoints.as_mut().unwrap();
    endpoints[0].address = "172.16.1.250".into();
    probe_mesh(&mut facts, &both, "default", &tool, &stop).await;
    let plane = check(&facts, CheckCode::ControlPlaneReachable);
    assert_eq!(plane.status, CheckStatus::Failed, "{plane:#?}");
    assert_eq!(plane.details[0].arg("from"), "west");
    assert_eq!(plane.details[0].arg("to"), "172.16.1.250:15012");

    mesh.west.end();
    facts.joins[0].probes.clear();
    probe_mesh(&mut facts, &[&mesh.east.user()], "default", &tool, &stop).await;
    let server = check(&facts, CheckCode::ServerReachable);
    assert_eq!(server.status, CheckStatus::Failed, "{server:#?}");
    assert_eq!(server.details[0].arg("from"), "east");
    assert!(
        server.details[0].arg("to").starts_with("127.0.0.1:"),
        "{server:#?}"
    );
}
