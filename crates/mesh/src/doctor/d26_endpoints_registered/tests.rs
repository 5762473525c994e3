//! Tests of this module.

use super::{super::samples::*, *};
use crate::{endpoint_sync::EndpointMonitor, facts::ShardRead};
use std::{sync::Arc, time::Instant};

/// A second istiod, which has none of the endpoints of west.
fn blind(facts: &mut MeshFacts) {
    let instances = &mut plane_of(facts).debug.instances;
    let mut second = instances[0].clone();
    second.pod = "istiod-1".into();
    let read = second.shards.as_mut().expect("read");
    let shards = Arc::make_mut(&mut read.shards);
    for service in &mut shards.services {
        service
            .endpoints
            .retain(|endpoint| *endpoint.cluster != *"west");
    }
    instances.push(second);
}

/// The facts of readings after these many seconds.
fn read(mut facts: MeshFacts, after: &[i64]) -> MeshFacts {
    let monitor = EndpointMonitor::default();
    let start = facts.now;
    for seconds in after {
        facts.now = start + jiff::SignedDuration::from_secs(*seconds);
        for instance in &mut plane_of(&mut facts).debug.instances {
            let read = instance.shards.as_mut().expect("read");
            *read = ShardRead {
                at: Instant::now(),
                ..read.clone()
            };
        }
        monitor.report(&mut facts);
    }
    facts
}

#[test]
fn one_blind_istiod_of_several_is_found_and_named() {
    let mut facts = istiod();
    blind(&mut facts);
    let finding = run(CheckCode::EndpointsRegistered, &read(facts, &[0, 30]));
    assert_eq!(finding.status, CheckStatus::Failed);
    let missing = |service: &str, address: &str| {
        detail!(EndpointsMissing {
            pod: "istiod-1",
            remote: "west",
            service,
            missing: 1,
            ready: 1,
            address
        })
        .on("east")
    };
    let expected = [
        missing("Service bookinfo/details", "10.20.0.7:9080"),
        missing("Service istio-system/istiod", "10.0.1.5:9080"),
    ];
    assert_eq!(finding.details, expected);
    assert_eq!(finding.remedies, [Remedy::RestartIstiod]);
}

#[test]
fn an_endpoint_that_is_missing_once_is_read_again() {
    let mut facts = istiod();
    blind(&mut facts);
    for readings in [&[0][..], &[0, 14]] {
        let finding = run(
            CheckCode::EndpointsRegistered,
            &read(facts.clone(), readings),
        );
        assert_eq!(finding.status, CheckStatus::Info);
        let count = 2;
        let (pod, remote) = ("istiod-1", "west");
        let expected = detail!(EndpointsUnconfirmed { pod, remote, count });
        assert_eq!(finding.details, [expected.on("east")]);
    }
}

#[test]
fn an_endpoint_that_stays_registered_is_stale_after_a_minute() {
    let mut facts = istiod();
    west(&mut facts).endpoints.as_mut().expect("known").pop();
    let finding = run(
        CheckCode::EndpointsRegistered,
        &read(facts.clone(), &[0, 59]),
    );
    assert_eq!(finding.status, CheckStatus::Info);
    let finding = run(CheckCode::EndpointsRegistered, &read(facts, &[0, 30, 60]));
    assert_eq!(finding.status, CheckStatus::Warning);
    let (service, address) = ("Service bookinfo/details", "10.20.0.7:9080");
    let (pod, remote, stale) = ("istiod-0", "west", 1);
    let expected = detail!(EndpointsStale {
        pod,
        remote,
        service,
        stale,
        address
    });
    assert_eq!(finding.details, [expected.on("east")]);
}

#[test]
fn an_istiod_that_does_not_answer_is_no_pass() {
    let mut facts = istiod();
    let instance = &mut plane_of(&mut facts).debug.instances[0];
    instance.shards = Err(crate::facts::Unknown::because("no answer within 20 s"));
    EndpointMonitor::default().report(&mut facts);
    let finding = run(CheckCode::EndpointsRegistered, &facts);
    assert_eq!(finding.skipped, Some(wire::check::SkipReason::Unknown));
}

#[test]
fn registered_endpoints_pass_and_the_port_is_named() {
    let finding = run(CheckCode::EndpointsRegistered, &istiod());
    assert_eq!(finding.status, CheckStatus::Passed);
    let ports = finding.args.iter().find(|(name, _)| name == "ports");
    assert_eq!(ports.map(|(_, ports)| ports.as_str()), Some("15014"));
}
