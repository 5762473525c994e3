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
mod tests {
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
}
