//! D01: the control plane has synced the remote.
//!
//! istiod reports the state for each of its pods, and they may differ; a pod that has synced a remote without
//! any of its endpoints has lost it. Pilot of Istio 1.0 does not: there,
//! an endpoint with the address of a pod of the remote is the proof.

use crate::{
    facts::{
        ClusterFacts, ControlPlaneFacts, EndpointReport, IstioGeneration, JoinFacts, MeshFacts,
    },
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, remote) in facts.joins_with_clusters() {
        if !join.joined {
            continue;
        }
        let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        match plane {
            Some(plane) if facts.generation == IstioGeneration::Istiod => {
                check_instances(facts, join, plane, &mut tally);
            }
            Some(plane) => check_endpoints(join, plane, remote, &mut tally),
            None => {
                let detail = detail!(ControlPlaneMissing {});
                tally.fail(detail.on(&primary.name), Remedy::CheckRemoteAccess);
            }
        }
    }
    tally.finding()
}

fn check_instances(
    facts: &MeshFacts,
    join: &JoinFacts,
    plane: &ControlPlaneFacts,
    tally: &mut Tally,
) {
    if plane.debug.instances.is_empty() {
        tally.unknown(detail!(ControlPlaneNotQueried {}).on(&join.primary));
    }
    for instance in &plane.debug.instances {
        let (pod, remote) = (&instance.pod, join.id.as_str());
        let subject = format!("{}: {pod}", join.primary);
        let Some(clusters) = tally.known(subject, &instance.clusters) else {
            continue;
        };
        tally.applies();
        let registered = clusters.iter().find(|cluster| cluster.cluster == remote);
        match registered.map(|cluster| cluster.state.as_str()) {
            Some("synced") => {
                let mut reports = facts.reports_of(join);
                if let Some(ready) = reports.find(|report| report.pod == *pod).and_then(lost) {
                    let detail = detail!(RemoteWithoutEndpoints { pod, remote, ready });
                    tally.fail(detail.on(&join.primary), Remedy::RestartIstiod);
                }
            }
            Some("syncing") => {
                let detail = detail!(RemoteSyncing { pod, remote });
                tally.warn(detail.on(&join.primary), Remedy::CheckRemoteAccess);
            }
            Some(state) => {
                let detail = detail!(RemoteNotSynced { pod, remote, state });
                tally.fail(detail.on(&join.primary), Remedy::CheckRemoteAccess);
            }
            None => {
                let detail = detail!(RemoteUnregistered { pod, remote });
                tally.fail(detail.on(&join.primary), Remedy::FixRemoteSecret);
            }
        }
    }
}

/// The ready addresses of a remote when an istiod has registered none of them, in two readings.
fn lost(report: &EndpointReport) -> Option<usize> {
    let totals = report
        .totals()
        .ok()
        .filter(|totals| totals.registered == 0)?;
    let mut services = report.services.as_deref().unwrap_or_default().iter();
    let is_confirmed = services.any(|service| report.confirmed_missing(service).next().is_some());
    is_confirmed.then_some(totals.ready)
}

fn check_endpoints(
    join: &JoinFacts,
    plane: &ControlPlaneFacts,
    remote: &ClusterFacts,
    tally: &mut Tally,
) {
    let Some(registered) = tally.known(&join.primary, &plane.debug.endpoints) else {
        return;
    };
    let Some(endpoints) = tally.known(&remote.name, &remote.endpoints) else {
        return;
    };
    let mut endpoints = endpoints.iter();
    if !endpoints.any(|endpoint| endpoint.ready && remote.is_pod_address(endpoint.address)) {
        return;
    }
    tally.applies();
    let mut registered = registered.iter();
    if !registered.any(|endpoint| remote.is_pod_address(endpoint.address)) {
        let detail = detail!(EndpointsUnregistered {
            remote: join.remote
        });
        tally.fail(detail.on(&join.primary), Remedy::CheckRemoteAccess);
    }
}

#[cfg(test)]
mod tests;
