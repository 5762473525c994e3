//! P13: may the reader read more than the control plane of this line needs?
//!
//! Whoever holds the primary's remote Secret holds these rights in the remote.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ReaderRightsWide,
    group: Group::Identity,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for join in &facts.joins {
        let Some(reader) = tally.known(&join.remote, &join.reader) else {
            continue;
        };
        if !reader.there {
            continue;
        }
        if let Some(beyond) = tally.known(&join.remote, &reader.beyond) {
            tally.saw();
            for right in beyond {
                let line = format!("{}: {} may also {right}", join.remote, reader.account);
                tally.warn(line, Remedy::NarrowRole);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn a_right_beyond_the_line_is_a_warning() {
        let mut facts = legacy();
        reader_of(&mut facts).beyond = Ok(vec!["list secrets".into()]);
        let finding = CHECK.carry_out(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(
            finding.found,
            ["west: istio-reader-service-account may also list secrets"]
        );
    }

    #[test]
    fn the_least_rights_pass() {
        assert_eq!(CHECK.carry_out(&legacy()).verdict, Verdict::Passed);
    }
}
