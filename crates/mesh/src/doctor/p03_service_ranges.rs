//! P03: do the Service ranges of two clusters overlap?
//!
//! The old line needs them apart; today's line keeps a virtual address a cluster.

use super::{
    Check, Lines, Needs,
    p01_pod_ranges::{asking, overlap, said},
};
use crate::{
    facts::{IstioGeneration, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ServiceRanges,
    group: Group::Network,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    let weight = match facts.generation {
        IstioGeneration::Mixer => Verdict::Blocked,
        IstioGeneration::Istiod => Verdict::Warning,
    };
    for (one, other) in facts.cluster_pairs() {
        tally.saw();
        let Some(mine) = tally.known(&one.name, &one.service_ranges) else {
            continue;
        };
        let Some(theirs) = tally.known(&other.name, &other.service_ranges) else {
            continue;
        };
        for (a, b) in mine.iter().flat_map(|a| theirs.iter().map(move |b| (a, b))) {
            if overlap(&a.range, &b.range) {
                let (here, there) = (&one.name, &other.name);
                let line = format!("{here} {} overlaps {there} {}", said(a), said(b));
                tally.say(weight, line, Remedy::OtherRanges);
            }
        }
    }
    let ask = facts.clusters.iter();
    let ask = ask.filter(|one| one.service_ranges.is_err());
    let ask: Vec<&str> = ask.map(|one| one.name.as_str()).collect();
    asking(tally.finding(), &ask)
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with_the_same_range(mut facts: MeshFacts) -> Verdict {
        west(&mut facts).service_ranges = east(&mut facts).service_ranges.clone();
        CHECK.run(&facts).verdict
    }

    #[test]
    fn the_same_range_blocks_the_old_line_and_warns_todays() {
        assert_eq!(with_the_same_range(legacy()), Verdict::Blocked);
        assert_eq!(with_the_same_range(today()), Verdict::Warning);
    }

    #[test]
    fn a_range_that_no_one_knows_is_asked_for() {
        let mut facts = today();
        west(&mut facts).service_ranges = Err(crate::facts::Unknown::because("forbidden"));
        let finding = look(&facts);
        assert_eq!(finding.verdict, Verdict::Skipped);
        assert_eq!(finding.remedies, [Remedy::TellRanges]);
        assert!(finding.args.contains(&("ask".into(), "west".into())));
    }

    #[test]
    fn ranges_apart_pass() {
        assert_eq!(CHECK.run(&legacy()).verdict, Verdict::Passed);
    }
}
