//! D26: each istiod has registered the endpoints that each remote has ready.
//!
//! Every istiod is judged on its own: proxies get their endpoints from the one that they are connected to. A
//! difference is a finding when another reading confirms it.

use crate::{
    facts::{EndpointReport, JoinFacts, MeshFacts, ServiceEndpoints},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeSet;
use wire::check::Remedy;

/// The Services of one istiod and one remote that a finding names.
const MAX_SERVICES: usize = 10;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    let mut ports = BTreeSet::new();
    for (join, primary, _) in facts.joins_with_clusters() {
        if !join.joined {
            continue;
        }
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        if plane.debug.instances.is_empty() {
            tally.unknown(detail!(ControlPlaneNotQueried {}).on(&join.primary));
        }
        ports.extend(
            plane
                .debug
                .instances
                .iter()
                .filter_map(|instance| instance.port),
        );
        for report in facts.reports_of(join) {
            check_report(join, report, &mut tally);
        }
    }
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    tally.finding().with("ports", ports.join(", "))
}

fn check_report(join: &JoinFacts, report: &EndpointReport, tally: &mut Tally) {
    let subject = format!("{}: {}", join.primary, report.pod);
    let Some(services) = tally.known(subject, &report.services) else {
        return;
    };
    tally.applies();
    let missing = services.iter().filter_map(|service| {
        let first = report.confirmed_missing(service).next()?;
        let missing = report.confirmed_missing(service).count();
        Some((service, missing, first))
    });
    let missing: Vec<_> = missing.collect();
    let (pod, remote) = (&report.pod, &report.remote);
    for (service, missing, address) in missing.iter().take(MAX_SERVICES) {
        let detail = detail!(EndpointsMissing {
            pod,
            remote,
            service: reference(service),
            missing,
            ready: service.ready,
            address
        });
        tally.fail(detail.on(&join.primary), Remedy::RestartIstiod);
    }
    if missing.len() > MAX_SERVICES {
        let services = missing.len() - MAX_SERVICES;
        let detail = detail!(MoreEndpointsMissing {
            pod,
            remote,
            services
        });
        tally.fail(detail.on(&join.primary), Remedy::RestartIstiod);
    }
    let stale = services.iter().filter_map(|service| {
        let first = report.confirmed_stale(service).next()?;
        Some((service, report.confirmed_stale(service).count(), first))
    });
    for (service, stale, address) in stale.take(MAX_SERVICES) {
        let service = reference(service);
        let detail = detail!(EndpointsStale {
            pod,
            remote,
            service,
            stale,
            address
        });
        tally.warn(detail.on(&join.primary), Remedy::RestartIstiod);
    }
    let unconfirmed = report.unconfirmed();
    if unconfirmed > 0 {
        let detail = detail!(EndpointsUnconfirmed {
            pod,
            remote,
            count: unconfirmed
        });
        tally.inform(detail.on(&join.primary), Remedy::WaitForEndpoints);
    }
    let left_out = services.iter().filter(|service| !service.compared).count();
    if left_out > 0 {
        let detail = detail!(EndpointsNotCompared {
            pod,
            remote,
            services: left_out
        });
        tally.inform(detail.on(&join.primary), Remedy::NarrowDiscovery);
    }
}

fn reference(service: &ServiceEndpoints) -> String {
    format!("Service {}/{}", service.namespace, service.name)
}

#[cfg(test)]
mod tests {
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
}
