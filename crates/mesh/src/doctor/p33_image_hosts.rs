//! P33: no image comes from a host that is switched off.
//!
//! Istio publishes nothing to these hosts since 1.31 and switches them off in December 2026: from then on a pod
//! that lands on a node without the image does not start.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use jiff::{civil::date, tz::TimeZone};
use std::collections::BTreeMap;
use wire::check::Remedy;

/// The hosts, as the beginnings of images (announcement of Istio, 2026).
const RETIRED_HOSTS: [&str; 3] = [
    "registry.istio.io/",
    "gcr.io/istio-release/",
    "istio-release.storage.googleapis.com/",
];

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    let switched_off = date(2027, 1, 1);
    let is_off = facts.now.to_zoned(TimeZone::UTC).date() >= switched_off;
    for cluster in &facts.clusters {
        let Some(pods) = tally.known(&cluster.name, &cluster.pods) else {
            continue;
        };
        let mut used = BTreeMap::<&str, (u32, String)>::new();
        for pod in pods.iter().filter(|pod| pod.live) {
            let images = pod.images.iter();
            let hosts = images.filter_map(|image| {
                let mut hosts = RETIRED_HOSTS.into_iter();
                hosts.find(|host| image.starts_with(host))
            });
            for host in hosts.collect::<std::collections::BTreeSet<_>>() {
                let (count, _) = used.entry(host).or_insert_with(|| (0, pod.reference()));
                *count += 1;
            }
        }
        for (host, (count, pod)) in used {
            let host = host.trim_end_matches('/');
            let detail = detail!(ImageHostRetired { host, count, pod }).on(&cluster.name);
            if is_off {
                tally.fail(detail, Remedy::ChangeImageHost);
            } else {
                tally.warn(detail, Remedy::ChangeImageHost);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::CheckStatus;

    #[test]
    fn pods_with_images_of_a_host_that_is_switched_off_are_counted() {
        let mut facts = istiod();
        let pods = west(&mut facts).pods.as_mut().expect("known");
        pods[0].images = vec![
            "docker.io/istio/examples:1".into(),
            "gcr.io/istio-release/proxyv2:1.29.8".into(),
        ];
        let expected = detail!(ImageHostRetired {
            host: "gcr.io/istio-release",
            count: 1,
            pod: "Pod bookinfo/details-v1",
        });
        facts.now = "2026-11-29T00:00:00Z".parse().expect("a time");
        let finding = run(CheckCode::ImageHosts, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(finding.details, [expected.on("west")]);
        facts.now = "2027-01-01T00:00:00Z".parse().expect("a time");
        assert_eq!(
            run(CheckCode::ImageHosts, &facts).status,
            CheckStatus::Failed
        );
    }

    #[test]
    fn a_mesh_with_images_of_other_hosts_passes() {
        let mut facts = istiod();
        let pods = west(&mut facts).pods.as_mut().expect("known");
        pods[0].images = vec!["registry.example/gcr.io/istio-release/proxyv2:1".into()];
        assert_eq!(
            run(CheckCode::ImageHosts, &facts).status,
            CheckStatus::Passed
        );
    }
}
