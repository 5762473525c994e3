//! D13: the versions of control planes and proxies are compatible.
//!
//! A proxy is at most one minor version older than its control plane and never newer; control planes of a
//! mesh are at most one minor version apart.

use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally, detail},
    versions::ahead,
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    let mut planes: Vec<(&str, &str)> = Vec::new();
    for primary in facts.primaries() {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        tally.applies();
        planes.push((primary.name.as_str(), &plane.version));
        let joins = facts.joins.iter();
        let remotes = joins
            .filter(|join| join.primary == primary.name)
            .filter_map(|join| facts.cluster(&join.remote));
        for cluster in std::iter::once(primary).chain(remotes) {
            check_proxies(cluster, &plane.version, &mut tally);
        }
    }
    for (index, (cluster, version)) in planes.iter().enumerate() {
        for (other_cluster, other_version) in planes.iter().skip(index + 1) {
            if ahead(version, other_version).is_some_and(|minors| minors.abs() > 1) {
                let detail = detail!(ControlPlaneVersionsDiffer {
                    cluster,
                    version,
                    other_cluster,
                    other_version
                });
                tally.warn(detail, Remedy::AlignVersions);
            }
        }
    }
    tally.finding()
}

fn check_proxies(cluster: &ClusterFacts, control_plane_version: &str, tally: &mut Tally) {
    let Some(pods) = tally.known(&cluster.name, &cluster.pods) else {
        return;
    };
    for pod in pods.iter().filter(|pod| pod.live) {
        let Some(sidecar) = &pod.sidecar else {
            continue;
        };
        let (pod, version) = (pod.reference(), &sidecar.version);
        match ahead(version, control_plane_version) {
            Some(minors) if minors > 0 => {
                let detail = detail!(ProxyNewer {
                    pod,
                    version,
                    control_plane_version
                });
                tally.warn(detail.on(&cluster.name), Remedy::AlignVersions);
            }
            Some(minors) if minors < -1 => {
                let detail = detail!(ProxyOlder {
                    pod,
                    version,
                    minors: -minors,
                    control_plane_version
                });
                tally.warn(detail.on(&cluster.name), Remedy::RestartWorkloads);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with_proxy(version: &str) -> Finding {
        let mut facts = istiod();
        let pods = west(&mut facts).pods.as_mut().expect("known");
        let sidecar = pods[0].sidecar.as_mut().expect("injected");
        sidecar.version = version.to_owned();
        run(CheckCode::VersionSkew, &facts)
    }

    #[test]
    fn a_newer_proxy_is_a_warning() {
        let finding = with_proxy("1.31.0");
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(ProxyNewer {
            pod: "Pod bookinfo/details-v1",
            version: "1.31.0",
            control_plane_version: "1.30.5",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn one_minor_version_behind_passes_and_two_need_a_restart() {
        assert_eq!(with_proxy("1.29.6").status, CheckStatus::Passed);
        let finding = with_proxy("1.28.10");
        assert_eq!(finding.remedies, [Remedy::RestartWorkloads]);
        assert_eq!(finding.details[0].arg("minors"), "2");
    }
}
