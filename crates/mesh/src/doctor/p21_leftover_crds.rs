//! P21: does a definition of another line stand in the way?
//!
//! Helm never changes a definition that is there, so it must serve what the charts need; and one that is
//! replaced must still serve every version in which objects are stored.

use super::{Check, Lines, Needs};
use crate::{
    facts::{CrdFacts, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::LeftoverCrds,
    group: Group::Conflicts,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// What keeps `live` from doing the work of `wanted`; none when nothing does.
pub(crate) fn judge(live: &CrdFacts, wanted: &CrdFacts) -> Option<String> {
    let owner = match &live.release {
        Some(release) => format!(", it belongs to release {release}"),
        None => String::new(),
    };
    let (serves, wants) = (live.serves(), wanted.serves());
    let missing: Vec<&str> = wants
        .iter()
        .copied()
        .filter(|one| !serves.contains(one))
        .collect();
    if !missing.is_empty() {
        return Some(format!(
            "{} serves {}, the chart needs {}{owner}",
            live.name,
            serves.join(", "),
            missing.join(", ")
        ));
    }
    let stored = live.stored.iter().map(String::as_str);
    let dropped: Vec<&str> = stored.filter(|one| !wants.contains(one)).collect();
    (!dropped.is_empty()).then(|| {
        format!(
            "{} stores objects as {}, which the chart's definition lacks{owner}",
            live.name,
            dropped.join(", ")
        )
    })
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in &facts.clusters {
        if cluster.planned.crds.is_empty() {
            continue;
        }
        let Some(live) = tally.known(&cluster.name, &cluster.crds) else {
            continue;
        };
        tally.saw();
        for wanted in &cluster.planned.crds {
            let there = live.iter().find(|one| one.name == wanted.name);
            if let Some(line) = there.and_then(|live| judge(live, wanted)) {
                let line = format!("{}: {line}", cluster.name);
                tally.block(line, Remedy::RemoveOtherLine);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    const GATEWAYS: &str = "gateways.networking.istio.io";

    fn with(live: CrdFacts) -> Finding {
        let mut facts = today();
        west(&mut facts).crds = Ok(vec![live]);
        CHECK.run(&facts)
    }

    #[test]
    fn a_definition_of_the_old_line_blocks_and_names_its_release() {
        let mut old = crd(GATEWAYS, &["v1alpha3"], &["v1alpha3"]);
        old.release = Some("istio".into());
        let finding = with(old);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            [
                "west: gateways.networking.istio.io serves v1alpha3, the chart needs v1, v1beta1, \
              it belongs to release istio"
            ]
        );
    }

    #[test]
    fn a_stored_version_that_would_vanish_blocks() {
        let live = crd(
            GATEWAYS,
            &["v1", "v1beta1", "v1alpha3"],
            &["v1alpha3", "v1"],
        );
        let finding = with(live);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(
            finding.found[0].contains("stores objects as v1alpha3"),
            "{finding:?}"
        );
    }

    #[test]
    fn a_definition_that_serves_what_is_needed_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
