//! The reader of a remote is watched: what is missing is found before the next periodical check.

use crate::meshes::Pair;
use cluster::{Kind, Propagation};
use wire::{
    check::{CheckCode, CheckStatus},
    mesh::{HealthView, StepKind},
};

fn is(health: &HealthView, status: CheckStatus) -> bool {
    let mut checks = health.doctor.checks.iter();
    let of_role = |check: &&wire::check::CheckView| check.code == CheckCode::ReaderRole;
    health.asking.is_none()
        && checks
            .find(of_role)
            .is_some_and(|check| check.status == status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_binding_of_a_reader_is_found_without_a_request() {
    let pair = Pair::new().await;
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    pair.run_step(StepKind::Join).await;
    pair.health_that(|health| is(health, CheckStatus::Passed))
        .await;
    let binding = Kind::CLUSTER_ROLE_BINDING.object(None, "istio-multi");
    let west = pair.west();
    let deleted = west.delete(&binding, Propagation::Background).await;
    deleted.unwrap();
    // Without the watch, the next check would start after two minutes.
    pair.health_that(|health| is(health, CheckStatus::Failed))
        .await;
}
