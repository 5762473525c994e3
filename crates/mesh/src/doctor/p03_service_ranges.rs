//! P03: the Service ranges of two clusters do not overlap.
//!
//! Istio 1.0 needs disjoint ranges; istiod keeps a virtual IP per cluster.

use super::ranges::{ask_for_ranges, inspect_overlaps, origin};
use crate::{
    facts::{IstioGeneration, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::{CheckStatus, Remedy};

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    let status = match facts.generation {
        IstioGeneration::Mixer => CheckStatus::Failed,
        IstioGeneration::Istiod => CheckStatus::Warning,
    };
    inspect_overlaps(
        facts,
        |cluster| &cluster.service_ranges,
        &mut tally,
        |found, tally| {
            let detail = detail!(ServiceRangesOverlap {
                cluster: found.cluster.name,
                range: found.range.range,
                source: origin(&found.range.source),
                other_cluster: found.other_cluster.name,
                other_range: found.other_range.range,
                other_source: origin(&found.other_range.source),
            });
            tally.report(status, detail, Remedy::ChangeRanges);
        },
    );
    let unknown = facts.clusters.iter();
    let unknown = unknown.filter(|cluster| cluster.service_ranges.is_err());
    let unknown: Vec<&str> = unknown.map(|cluster| cluster.name.as_str()).collect();
    ask_for_ranges(tally.finding(), &unknown)
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with_equal_ranges(mut facts: MeshFacts) -> CheckStatus {
        west(&mut facts).service_ranges = east(&mut facts).service_ranges.clone();
        run(CheckCode::ServiceRanges, &facts).status
    }

    #[test]
    fn equal_ranges_fail_for_mixer_and_are_a_warning_for_istiod() {
        assert_eq!(with_equal_ranges(mixer()), CheckStatus::Failed);
        assert_eq!(with_equal_ranges(istiod()), CheckStatus::Warning);
    }

    #[test]
    fn the_operator_is_asked_for_an_unknown_range() {
        let mut facts = istiod();
        west(&mut facts).service_ranges = Err(crate::facts::Unknown::because("forbidden"));
        let finding = check(&facts);
        assert_eq!(finding.status, CheckStatus::Skipped);
        assert_eq!(finding.remedies, [Remedy::EnterRanges]);
        assert!(finding.args.contains(&("ask".into(), "west".into())));
    }

    #[test]
    fn disjoint_ranges_pass() {
        let finding = run(CheckCode::ServiceRanges, &mixer());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
