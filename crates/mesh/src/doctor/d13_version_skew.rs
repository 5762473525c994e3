//! D13: do the versions of control planes and proxies fit together?
//!
//! A proxy must not be ahead of its control plane, and at most one minor behind; control planes of one
//! mesh at most one minor apart.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
    versions::ahead,
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::VersionSkew,
    group: Group::Workloads,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    let mut planes: Vec<(&str, &str)> = Vec::new();
    for primary in facts.primaries() {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        tally.saw();
        planes.push((&primary.name, &plane.version));
        let led = facts
            .joins
            .iter()
            .filter(|join| join.primary == primary.name);
        let led = led.filter_map(|join| facts.cluster(&join.remote));
        for cluster in std::iter::once(primary).chain(led) {
            proxies(cluster, &plane.version, &mut tally);
        }
    }
    for (at, (here, mine)) in planes.iter().enumerate() {
        for (there, theirs) in planes.iter().skip(at + 1) {
            if ahead(mine, theirs).is_some_and(|by| by.abs() > 1) {
                let line = format!("{here} runs {mine}, {there} runs {theirs}");
                tally.warn(line, Remedy::AlignVersions);
            }
        }
    }
    tally.finding()
}

fn proxies(cluster: &ClusterFacts, control: &str, tally: &mut Tally) {
    let Some(pods) = tally.known(&cluster.name, &cluster.pods) else {
        return;
    };
    for pod in pods.iter().filter(|pod| pod.live) {
        let Some(sidecar) = &pod.sidecar else {
            continue;
        };
        let what = format!(
            "{}: {} runs {}",
            cluster.name,
            pod.reference(),
            sidecar.version
        );
        match ahead(&sidecar.version, control) {
            Some(by) if by > 0 => {
                let line = format!("{what}, ahead of its control plane's {control}");
                tally.warn(line, Remedy::AlignVersions);
            }
            Some(by) if by < -1 => {
                let line = format!("{what}, {} minors behind {control}", -by);
                tally.warn(line, Remedy::RestartWorkloads);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with_proxy(version: &str) -> Finding {
        let mut facts = today();
        let pods = west(&mut facts).pods.as_mut().expect("known");
        let sidecar = pods[0].sidecar.as_mut().expect("injected");
        sidecar.version = version.to_owned();
        CHECK.run(&facts)
    }

    #[test]
    fn a_proxy_that_is_ahead_is_a_warning() {
        let finding = with_proxy("1.31.0");
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(
            finding.found,
            ["west: Pod bookinfo/details-v1 runs 1.31.0, ahead of its control plane's 1.30.3"]
        );
    }

    #[test]
    fn one_minor_behind_passes_and_two_are_restarted() {
        assert_eq!(with_proxy("1.29.6").verdict, Verdict::Passed);
        let finding = with_proxy("1.28.10");
        assert_eq!(finding.remedies, [Remedy::RestartWorkloads]);
    }
}
