//! The remedy of a check as a plan: a namespace is labelled, and its workloads are restarted.

use crate::{
    meshes::Pair,
    support::{EAST, Operate as _, operator, succeeded},
};
use cluster::{Kind, MetadataPatch};
use console::Error;
use wire::{
    ClusterName,
    check::{CheckCode, CheckStatus},
    mesh::{HealthView, RepairRequest, StepKind},
};

const CODE: CheckCode = CheckCode::InjectionLabel;

fn is(health: &HealthView, status: CheckStatus) -> bool {
    let mut checks = health.doctor.checks.iter();
    let found = checks.find(|check| check.code == CODE);
    health.asking.is_none() && found.is_some_and(|check| check.status == status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_without_the_label_is_labelled_and_its_workloads_restart() {
    let pair = Pair::new().await;
    let (ann, console) = (operator(), &pair.console);
    pair.accept().await;
    for step in [
        StepKind::ControlPlane,
        StepKind::Join,
        StepKind::RemoteChart,
        StepKind::Sample,
    ] {
        pair.run_step(step).await;
    }
    pair.health_that(|health| is(health, CheckStatus::Passed))
        .await;
    let request = RepairRequest {
        mesh: pair.mesh.clone(),
        cluster: ClusterName::new(EAST).unwrap(),
        check: CODE,
    };
    let nothing = console.plan_repair(&ann, request.clone()).await;
    assert!(matches!(nothing, Err(Error::NoStep)), "{nothing:?}");

    let (east, namespace) = (pair.east(), Kind::NAMESPACE.object(None, "bookinfo"));
    let patch = MetadataPatch {
        labels: vec![("istio-injection".to_owned(), None)],
        ..MetadataPatch::default()
    };
    east.patch_metadata(&namespace, &patch, None).await.unwrap();
    console.recheck_mesh(&ann, &pair.mesh).await.unwrap();
    pair.health_that(|health| is(health, CheckStatus::Failed))
        .await;

    let plan = console.plan_repair(&ann, request).await.unwrap();
    let objects: Vec<String> = plan
        .objects
        .iter()
        .map(|planned| format!("{} {}", planned.object.kind, planned.details.join(", ")))
        .collect();
    assert_eq!(objects[0], "Namespace label istio-injection=enabled");
    let restart = "Deployment annotation kubectl.kubernetes.io/restartedAt";
    assert!(objects.len() > 1 && objects[1..].iter().all(|object| object == restart));
    let job = console.start_shown(&ann, &plan.review.unwrap()).await;
    succeeded(console, &job.unwrap()).await;
    let live = east.get(&namespace).await.unwrap().unwrap();
    assert_eq!(live.label("istio-injection"), Some("enabled"));
    pair.health_that(|health| is(health, CheckStatus::Passed))
        .await;
}
