//! P12: may the reader list and watch what the control plane of this line reads?

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ReaderRights,
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
        if let Some(missing) = tally.known(&join.remote, &reader.missing) {
            tally.saw();
            for right in missing {
                let line = format!("{}: {} may not {right}", join.remote, reader.account);
                tally.block(line, Remedy::WidenRole);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::Unknown;
    use wire::check::Verdict;

    #[test]
    fn each_missing_right_is_named() {
        let mut facts = today();
        reader_of(&mut facts).missing = Ok(vec!["list endpointslices.discovery.k8s.io".into()]);
        let finding = CHECK.carry_out(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["west: istio-reader-service-account may not list endpointslices.discovery.k8s.io"]
        );
    }

    #[test]
    fn a_reader_with_all_rights_passes() {
        assert_eq!(CHECK.carry_out(&today()).verdict, Verdict::Passed);
    }

    #[test]
    fn rights_that_cannot_be_asked_for_are_skipped() {
        let mut facts = today();
        reader_of(&mut facts).missing = Err(Unknown::because("the token is not known there"));
        assert_eq!(CHECK.carry_out(&facts).verdict, Verdict::Skipped);
    }
}
