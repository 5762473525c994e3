//! D23: does locality keep traffic at home, so that the other cluster never answers?
//!
//! That is what it is for; it is said so that nobody looks for a fault.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
};
use std::collections::BTreeSet;
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::LocalityBalancing,
    group: Group::Workloads,
    lines: Lines::Istiod,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for (_, primary, remote) in facts.joins_with_clusters() {
        let Some(rules) = tally.known(&primary.name, &primary.locality) else {
            continue;
        };
        if rules.is_empty() {
            continue;
        }
        let (Some(mine), Some(theirs)) = (places(primary, &mut tally), places(remote, &mut tally))
        else {
            continue;
        };
        if !mine.is_disjoint(&theirs) {
            continue;
        }
        for rule in rules {
            let line = format!(
                "{}: {} keeps {} near; {} is elsewhere",
                primary.name, rule.object, rule.host, remote.name
            );
            tally.note(line, Remedy::MoveTraffic);
        }
    }
    tally.finding()
}

/// Regions and zones of a cluster's nodes.
fn places<'a>(
    cluster: &'a ClusterFacts,
    tally: &mut Tally,
) -> Option<BTreeSet<(&'a str, &'a str)>> {
    let nodes = tally.known(&format!("{}: nodes", cluster.name), &cluster.nodes)?;
    let places = nodes
        .iter()
        .map(|node| (node.region.as_str(), node.zone.as_str()));
    Some(places.collect())
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::LocalityFacts;
    use wire::check::Verdict;

    fn with_zone(zone: &str) -> Finding {
        let mut facts = today();
        east(&mut facts).locality = Ok(vec![LocalityFacts {
            object: "DestinationRule bookinfo/details".into(),
            host: "details".into(),
        }]);
        west(&mut facts).nodes.as_mut().expect("known")[0].zone = zone.into();
        CHECK.run(&facts)
    }

    #[test]
    fn a_rule_for_another_place_is_said() {
        let finding = with_zone("z2");
        assert_eq!(finding.verdict, Verdict::Noted);
        assert!(
            finding.found[0].ends_with("west is elsewhere"),
            "{finding:?}"
        );
    }

    #[test]
    fn the_same_place_passes() {
        assert_eq!(with_zone("z1").verdict, Verdict::Passed);
    }
}
