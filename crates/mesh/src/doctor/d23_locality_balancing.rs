//! D23: no locality rule keeps traffic in one cluster.
//!
//! Such a rule works as intended; the information prevents a search for a fault.

use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeSet;
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for (_, primary, remote) in facts.joins_with_clusters() {
        let Some(rules) = tally.known(&primary.name, &primary.locality) else {
            continue;
        };
        if rules.is_empty() {
            continue;
        }
        let localities = localities(primary, &mut tally).zip(localities(remote, &mut tally));
        let Some((local, other)) = localities else {
            continue;
        };
        if !local.is_disjoint(&other) {
            continue;
        }
        for rule in rules {
            let detail = detail!(LocalityRule {
                object: rule.object,
                host: rule.host,
                remote: remote.name
            });
            tally.inform(detail.on(&primary.name), Remedy::MoveTraffic);
        }
    }
    tally.finding()
}

/// Regions and zones of the nodes of a cluster.
fn localities<'a>(
    cluster: &'a ClusterFacts,
    tally: &mut Tally,
) -> Option<BTreeSet<(&'a str, &'a str)>> {
    let nodes = tally.known(format!("{}: Nodes", cluster.name), &cluster.nodes)?;
    let localities = nodes
        .iter()
        .map(|node| (node.region.as_str(), node.zone.as_str()));
    Some(localities.collect())
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::LocalityFacts;

    fn with_zone(zone: &str) -> Finding {
        let mut facts = istiod();
        east(&mut facts).locality = Ok(vec![LocalityFacts {
            object: "DestinationRule bookinfo/details".into(),
            host: "details".into(),
        }]);
        west(&mut facts).nodes.as_mut().expect("known")[0].zone = zone.into();
        run(CheckCode::LocalityBalancing, &facts)
    }

    #[test]
    fn a_rule_with_the_remote_in_another_locality_is_information() {
        let finding = with_zone("z2");
        assert_eq!(finding.status, CheckStatus::Info);
        let expected = detail!(LocalityRule {
            object: "DestinationRule bookinfo/details",
            host: "details",
            remote: "west",
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn the_same_locality_passes() {
        assert_eq!(with_zone("z1").status, CheckStatus::Passed);
    }
}
