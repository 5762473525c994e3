//! D04: pods of the remote reach the control plane.
//!
//! A probe from the remote tests the connection; without one, ready proxies are a proof, as they received
//! their configuration from the control plane.

use super::p06_server_reachable::report_probes;
use crate::{
    facts::{ClusterFacts, JoinFacts, MeshFacts, PodFacts, Purpose},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for (join, _, remote) in facts.joins_with_clusters() {
        let mut probes = join.probes_of(Purpose::ControlPlane);
        let is_probed = probes.any(|probe| probe.outcome.is_ok());
        if is_probed || !report_proxies(join, remote, &mut tally) {
            report_probes(join, Purpose::ControlPlane, &mut tally);
        }
    }
    tally.finding()
}

/// Reports the proxies of the remote; false when it has none.
fn report_proxies(join: &JoinFacts, remote: &ClusterFacts, tally: &mut Tally) -> bool {
    let pods = remote.known_pods().iter();
    let proxies: Vec<&PodFacts> = pods
        .filter(|pod| pod.live && pod.sidecar.is_some())
        .collect();
    if proxies.iter().any(|pod| pod.ready) {
        return true;
    }
    let Some(first) = proxies.first() else {
        return false;
    };
    let discovery = first
        .sidecar
        .as_ref()
        .map_or("", |sidecar| sidecar.discovery_address.as_str());
    let detail = detail!(ProxiesNotReady {
        count: proxies.len(),
        pod: first.reference(),
        discovery
    });
    tally.fail(detail.on(&join.remote), Remedy::OpenFirewall);
    true
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_failed_probe_fails() {
        let mut facts = istiod();
        join(&mut facts).probes = vec![probe(Purpose::ControlPlane, Err("no answer in 30 s"))];
        let finding = run(CheckCode::ControlPlaneReachable, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(ConnectionFailed {
            from: "west",
            to: "10.0.1.5:15012",
            reason: "no answer in 30 s",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn a_ready_proxy_passes_without_a_probe_and_no_ready_proxy_fails() {
        let mut facts = istiod();
        join(&mut facts).probes.clear();
        let finding = run(CheckCode::ControlPlaneReachable, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
        for pod in west(&mut facts).pods.as_mut().expect("known") {
            pod.ready = false;
        }
        let finding = run(CheckCode::ControlPlaneReachable, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn a_remote_without_probe_and_proxy_is_skipped() {
        let mut facts = istiod();
        join(&mut facts).probes.clear();
        west(&mut facts).pods = Ok(Vec::new());
        let finding = run(CheckCode::ControlPlaneReachable, &facts);
        assert_eq!(finding.status, CheckStatus::Skipped);
    }
}
