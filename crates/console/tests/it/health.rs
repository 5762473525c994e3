//! The health of a mesh: published stage by stage, refreshed automatically, updated after an address change.

use crate::{
    meshes::{Pair, WEST},
    support::{operator, reference, succeeded},
};
use cluster::{Cluster, Kind, Object, Propagation};
use console::Error;
use std::time::{Duration, Instant};
use wire::{
    ClusterName,
    check::{CheckCode, CheckStatus, DoctorRequest, DoctorView, SkipReason, Stage},
    mesh::{HealthView, StepKind},
};

fn verdict(health: &HealthView, code: CheckCode) -> Option<CheckStatus> {
    let mut checks = health.doctor.checks.iter();
    let found = checks.find(|check| check.code == code);
    found.map(|check| check.status)
}

/// The pod of the control plane with that label.
async fn pod(cluster: &Cluster, label: &str) -> Object {
    let pods = cluster
        .list_objects(Kind::POD, Some("istio-system"), label)
        .await;
    pods.unwrap().pop().expect("a pod")
}

#[tokio::test]
async fn checks_are_published_as_soon_as_their_facts_are_known() {
    let pair = Pair::new().await;
    let mut partial = Vec::new();
    let whole = pair
        .health_that(|health| {
            partial.extend((health.waiting > 0).then(|| health.clone()));
            health.is_whole() && health.asking.is_none()
        })
        .await;
    assert_eq!(whole.waiting, 0);
    assert_eq!(
        verdict(&whole, CheckCode::ServerReachable),
        Some(CheckStatus::Skipped)
    );
    let early = partial
        .iter()
        .find(|health| health.asking == Some(Stage::Remotes));
    let early = early.expect("the clusters' checks come first");
    let known = early.doctor.checks.len();
    assert!(known > 10 && known < whole.doctor.checks.len(), "{known}");
    assert_eq!(verdict(early, CheckCode::ServerReachable), None);
    // The early checks equal the final checks.
    for check in &early.doctor.checks {
        assert_eq!(
            verdict(&whole, check.code),
            Some(check.status),
            "{:?}",
            check.code
        );
    }
}

#[tokio::test]
async fn results_of_probe_jobs_stay_when_the_mesh_is_checked_again() {
    let pair = Pair::new().await;
    let ann = operator();
    let tried = pair
        .console
        .test_connectivity(&ann, &pair.mesh)
        .await
        .unwrap();
    assert_eq!(
        verdict(&tried, CheckCode::ServerReachable),
        Some(CheckStatus::Passed)
    );
    pair.console.recheck_mesh(&ann, &pair.mesh).await.unwrap();
    pair.health_that(|health| health.asking == Some(Stage::Clusters))
        .await;
    let again = pair.health_that(|health| health.asking.is_none()).await;
    assert_eq!(
        verdict(&again, CheckCode::ServerReachable),
        Some(CheckStatus::Passed)
    );
}

#[tokio::test]
async fn a_changed_address_is_detected_and_updated_by_one_job() {
    let pair = Pair::new().await;
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    pair.accept().await;
    for kind in [
        StepKind::ControlPlane,
        StepKind::Join,
        StepKind::RemoteChart,
        StepKind::Sample,
        StepKind::Details,
    ] {
        pair.run_step(kind).await;
    }
    let healthy = pair.health_that(|health| health.is_whole() && health.asking.is_none());
    assert_eq!(healthy.await.drifted, []);
    let east = pair.east();
    let gone = pod(&east, "istio-mixer-type=policy").await;
    east.delete(&gone.reference(), Propagation::Background)
        .await
        .unwrap();
    let address = gone.text("/status/podIP").to_owned();
    let seen = pair.health_that(|health| {
        health
            .drifted
            .iter()
            .any(|address| !address.good.is_empty())
    });
    let drifted = seen.await.drifted;
    assert_eq!(drifted.len(), 1, "{drifted:?}");
    assert_eq!(drifted[0].key, "global.remotePolicyAddress");
    assert_eq!(drifted[0].used, address);
    // The release is marked where releases are listed, and only that one.
    let releases = pair.console.releases(&ann).await.unwrap().rows;
    let marked: Vec<_> = releases
        .iter()
        .filter(|row| row.drifted.is_some())
        .collect();
    assert_eq!(marked.len(), 1, "{marked:?}");
    assert_eq!(
        (&marked[0].at.cluster, marked[0].drifted.as_ref()),
        (&west, Some(&pair.mesh))
    );
    // The release was made as by Helm 4, which its next revision follows.
    let at = &marked[0].at;
    let record = |revision: u32| {
        let name = format!("sh.helm.release.v1.{}.v{revision}", at.release);
        reference("v1", "Secret", &name)
    };
    let remote = pair.west();
    let first = remote.get(&record(1)).await.unwrap().unwrap();
    let mut first = first.value().clone();
    first["metadata"]["labels"]["meshspan.io/helm"] = "4".into();
    remote.replace(&Object::new(first).unwrap()).await.unwrap();
    let job = pair
        .console
        .update_remote_addresses(&ann, &pair.mesh, &west)
        .await
        .unwrap();
    succeeded(&pair.console, &job).await;
    let second = remote.get(&record(2)).await.unwrap().unwrap();
    assert_eq!(second.label("meshspan.io/helm"), Some("4"));
    pair.health_that(|health| health.drifted.is_empty()).await;
    let page = pair.verdict_that(|verdict| verdict.diagnosis.whole).await;
    assert!(page.diagnosis.whole);
    let early = pair
        .console
        .update_remote_addresses(&ann, &pair.mesh, &west)
        .await;
    assert!(matches!(early, Err(Error::NoStep)));
}

#[tokio::test]
async fn an_unreachable_cluster_is_not_healthy() {
    let mut pair = Pair::new().await;
    let whole = |health: &HealthView| health.is_whole() && health.asking.is_none();
    assert_eq!(pair.health_that(whole).await.unknown(), 0);
    pair.lose_west().await;
    let ann = operator();
    pair.console.recheck_mesh(&ann, &pair.mesh).await.unwrap();
    let lost = |health: &HealthView| {
        verdict(health, CheckCode::ClusterReachable) == Some(CheckStatus::Failed)
    };
    let lost = pair.health_that(|health| whole(health) && lost(health));
    let row = lost.await.row().unwrap();
    assert_eq!((row.blocked, row.unknown), (1, 0));
    let listed = pair.console.meshes(&ann).await.unwrap();
    assert_eq!(listed[0].health.as_ref(), Some(&row));
}

#[tokio::test]
async fn a_removed_mesh_is_not_checked_any_more() {
    let pair = Pair::new().await;
    let ann = operator();
    let mut followed = pair.console.follow_health(&ann, &pair.mesh).await.unwrap();
    pair.console.forget_mesh(&ann, &pair.mesh).await.unwrap();
    while followed.changed().await.is_ok() {}
    let gone = pair.console.follow_health(&ann, &pair.mesh).await;
    assert!(matches!(gone, Err(Error::NoMesh(_))));
}

#[tokio::test]
async fn the_report_finds_what_the_page_finds() {
    let pair = Pair::new().await;
    let page = pair
        .health_that(|health| health.is_whole() && health.asking.is_none())
        .await;
    let request = DoctorRequest::default();
    let report = pair.console.doctor(&operator(), request, &|_, _| {}).await;
    let found = |report: &DoctorView| -> Vec<_> {
        let checks = report.checks.iter();
        checks.map(|check| (check.code, check.status)).collect()
    };
    let report = report.unwrap();
    assert_eq!(found(&report), found(&page.doctor));
    assert_eq!(report.generation, page.doctor.generation);
}

#[tokio::test]
async fn a_silent_remote_is_one_failure_on_the_page_and_in_the_report() {
    let mut pair = Pair::new().await;
    let ann = operator();
    pair.health_that(|health| health.is_whole() && health.asking.is_none())
        .await;
    let _listener = pair.silence_west().await;
    let unreachable = CheckCode::ClusterReachable;

    let start = Instant::now();
    let request = DoctorRequest::default();
    let report = pair.console.doctor(&ann, request, &|_, _| {}).await;
    let report = report.unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(failed(&report), [unreachable]);

    let start = Instant::now();
    pair.console.recheck_mesh(&ann, &pair.mesh).await.unwrap();
    let page = pair
        .health_that(|health| verdict(health, unreachable) == Some(CheckStatus::Failed))
        .await;
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(failed(&page.doctor), [unreachable]);
    let skipped = |code| {
        let mut checks = page.doctor.checks.iter();
        checks.find(|check| check.code == code).unwrap().skipped
    };
    let because = Some(SkipReason::ClusterUnreachable);
    assert_eq!(skipped(CheckCode::ServiceRanges), because);
}

fn failed(report: &DoctorView) -> Vec<CheckCode> {
    let checks = report.checks.iter();
    let failed = checks.filter(|check| check.status == CheckStatus::Failed);
    failed.map(|check| check.code).collect()
}
