//! The doctor over registered clusters.

use crate::support::{EAST, World, operator};
use console::Error;
use sandbox::{ClusterConfig, Sandbox};
use serde_json::json;
use std::sync::Mutex;
use wire::{
    ClusterName,
    check::{CheckCode, CheckStatus, CheckView, DoctorRequest, DoctorView, SkipReason, Stage},
};

async fn asked(world: &World, clusters: &[&str]) -> Result<DoctorView, Error> {
    let name = |name: &&str| ClusterName::new(*name).unwrap();
    let clusters = clusters.iter().map(name).collect();
    let streamed = Mutex::new(Vec::new());
    let on_stage = |stage: Stage, checks: &[CheckView]| {
        let codes = checks.iter().map(|check| check.code);
        streamed.lock().unwrap().push((stage, codes.count()));
    };
    let report = world
        .console
        .doctor(&operator(), DoctorRequest { clusters }, &on_stage)
        .await?;
    let streamed = streamed.into_inner().unwrap();
    let stages: Vec<Stage> = streamed.iter().map(|(stage, _)| *stage).collect();
    assert_eq!(
        stages,
        [Stage::Clusters, Stage::Remotes, Stage::ControlPlanes]
    );
    assert!(streamed[0].1 > 10, "checks are published as they are known");
    Ok(report)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_cluster_has_no_failed_checks() {
    let world = World::new().await;
    let report = asked(&world, &[]).await.unwrap();
    assert_eq!(report.clusters, [EAST]);
    assert_eq!(report.count(CheckStatus::Failed), 0, "{report:#?}");
    let sync = CheckCode::ClusterSynced;
    let sync = report
        .checks
        .iter()
        .find(|check| check.code == sync)
        .unwrap();
    assert_eq!(sync.skipped, Some(SkipReason::NoRemote));
    let refused = asked(&world, &["unknown"]).await;
    assert!(matches!(refused, Err(Error::NoCluster(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leftover_webhook_and_overlapping_ranges_are_found_across_two_clusters() {
    let world = World::new().await;
    let config = ClusterConfig {
        name: "istio-remote1".into(),
        ..sandbox_istio::control_plane()
    };
    let second = Sandbox::with_config(config)
        .listen("127.0.0.1:0")
        .await
        .unwrap();
    world
        .console
        .add_sandbox(&second.kubeconfig())
        .await
        .unwrap();
    world
        .create(json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": "old"},
            "webhooks": [{
                "name": "old.istio.io", "sideEffects": "None", "admissionReviewVersions": ["v1"],
                "clientConfig": {"service": {"namespace": "gone", "name": "gone", "path": "/"}},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                           "resources": ["pods"]}],
            }],
        }))
        .await;
    let report = asked(&world, &[]).await.unwrap();
    assert_eq!(report.clusters.len(), 2);
    let verdict = |code| {
        let check = report.checks.iter().find(|check| check.code == code);
        check.unwrap().status
    };
    assert_eq!(verdict(CheckCode::LeftoverWebhooks), CheckStatus::Warning);
    assert_eq!(verdict(CheckCode::PodRanges), CheckStatus::Failed);
    assert_eq!(report.worst(), CheckStatus::Failed);
    let alone = asked(&world, &[EAST]).await.unwrap();
    assert_eq!(alone.count(CheckStatus::Failed), 0);
}
