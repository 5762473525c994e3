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
mod tests;
