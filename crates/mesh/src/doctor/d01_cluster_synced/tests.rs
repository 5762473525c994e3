//! Tests of this module.

use super::{
    super::samples::{shards as shards_of, *},
    *,
};
use crate::{endpoint_sync::EndpointMonitor, facts::ShardRead};
use std::{sync::Arc, time::Instant};
use wire::check::SkipReason;

fn with_state(state: &str) -> Finding {
    let mut facts = istiod();
    let clusters = &mut plane_of(&mut facts).debug.instances[0].clusters;
    clusters.as_mut().expect("known")[1].state = state.to_owned();
    run(CheckCode::ClusterSynced, &facts)
}

#[test]
fn a_remote_in_timeout_fails() {
    let finding = with_state("timeout");
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(RemoteNotSynced {
        pod: "istiod-0",
        remote: "west",
        state: "timeout"
    });
    assert_eq!(finding.details, [expected.on("east")]);
}

#[test]
fn a_first_sync_in_progress_is_a_warning() {
    assert_eq!(with_state("syncing").status, CheckStatus::Warning);
}

#[test]
fn one_pod_that_does_not_know_the_remote_is_enough() {
    let mut facts = istiod();
    let instances = &mut plane_of(&mut facts).debug.instances;
    let mut second = instances[0].clone();
    second.pod = "istiod-1".into();
    second.clusters.as_mut().expect("known").truncate(1);
    instances.push(second);
    let finding = run(CheckCode::ClusterSynced, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(RemoteUnregistered {
        pod: "istiod-1",
        remote: "west"
    });
    assert_eq!(finding.details, [expected.on("east")]);
}

#[test]
fn a_pod_that_is_synced_without_any_endpoint_fails() {
    let mut facts = istiod();
    let read = |facts: &mut MeshFacts, monitor: &EndpointMonitor| {
        let shards = &mut plane_of(facts).debug.instances[0].shards;
        *shards = Ok(ShardRead {
            shards: Arc::new(shards_of(&[("bookinfo/productpage", "east", "10.10.0.8")])),
            at: Instant::now(),
        });
        monitor.report(facts);
    };
    let monitor = EndpointMonitor::default();
    read(&mut facts, &monitor);
    let finding = run(CheckCode::ClusterSynced, &facts);
    assert_eq!(
        finding.status,
        CheckStatus::Passed,
        "one reading proves nothing"
    );
    facts.now += jiff::SignedDuration::from_secs(30);
    read(&mut facts, &monitor);
    let finding = run(CheckCode::ClusterSynced, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
    let (pod, remote, ready) = ("istiod-0", "west", 2);
    let expected = detail!(RemoteWithoutEndpoints { pod, remote, ready });
    assert_eq!(finding.details, [expected.on("east")]);
}

#[test]
fn pilot_is_judged_by_the_addresses_of_its_endpoints() {
    let finding = run(CheckCode::ClusterSynced, &mixer());
    assert_eq!(finding.status, CheckStatus::Passed);
    let mut facts = mixer();
    let endpoints = &mut plane_of(&mut facts).debug.endpoints;
    endpoints.as_mut().expect("known").remove(0);
    let finding = run(CheckCode::ClusterSynced, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(EndpointsUnregistered { remote: "west" });
    assert_eq!(finding.details, [expected.on("east")]);
}

#[test]
fn a_remote_without_endpoints_is_skipped() {
    let mut facts = mixer();
    west(&mut facts).endpoints = Ok(Vec::new());
    let finding = run(CheckCode::ClusterSynced, &facts);
    assert_eq!(finding.skipped, Some(SkipReason::NotApplicable));
}

#[test]
fn a_synced_remote_passes() {
    let finding = run(CheckCode::ClusterSynced, &istiod());
    assert_eq!(finding.status, CheckStatus::Passed);
}
