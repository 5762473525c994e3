//! D04: do the remote's pods reach the control plane?
//!
//! A probe from the remote says it; without one, proxies that are ready do: they got their
//! configuration from there.

use super::{Check, Lines, Needs, p06_server_reachable::tried};
use crate::{
    facts::{ClusterFacts, JoinFacts, MeshFacts, PodFacts, Purpose},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ControlPlaneReachable,
    group: Group::Addresses,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Ways,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for (join, _, remote) in facts.joins_with_clusters() {
        let told = |join: &JoinFacts| {
            let mut probes = join.probes_of(Purpose::ControlPlane);
            probes.any(|probe| probe.outcome.is_ok())
        };
        if told(join) || !by_proxies(join, remote, &mut tally) {
            tried(join, Purpose::ControlPlane, &mut tally);
        }
    }
    tally.finding()
}

/// Whether the remote's proxies say something.
fn by_proxies(join: &JoinFacts, remote: &ClusterFacts, tally: &mut Tally) -> bool {
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
    let dialled = first
        .sidecar
        .as_ref()
        .map_or("", |one| one.discovery_address.as_str());
    let line = format!(
        "{}: none of {} proxies is ready, {} dials {dialled}",
        join.remote,
        proxies.len(),
        first.reference()
    );
    tally.block(line, Remedy::OpenFirewall);
    true
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn a_probe_that_fails_blocks() {
        let mut facts = today();
        join(&mut facts).probes = vec![probe(Purpose::ControlPlane, Err("no answer in 30 s"))];
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["from west to 10.0.1.5:15012: no answer in 30 s"]
        );
    }

    #[test]
    fn without_a_probe_a_ready_proxy_is_proof_and_none_ready_blocks() {
        let mut facts = today();
        join(&mut facts).probes.clear();
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
        for pod in west(&mut facts).pods.as_mut().expect("known") {
            pod.ready = false;
        }
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Blocked);
    }

    #[test]
    fn with_neither_it_is_skipped() {
        let mut facts = today();
        join(&mut facts).probes.clear();
        west(&mut facts).pods = Ok(Vec::new());
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Skipped);
    }
}
