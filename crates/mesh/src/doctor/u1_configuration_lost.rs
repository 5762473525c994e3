//! U1: which of people's objects would go with the definitions?

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ConfigurationLost,
    group: Group::Removal,
    lines: Lines::Both,
    needs: Needs::Removal,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in &facts.clusters {
        let Some(kinds) = tally.known(&cluster.name, &cluster.configuration) else {
            continue;
        };
        tally.saw();
        if !cluster.planned.removes_crds {
            continue;
        }
        for (kind, count) in kinds.iter().filter(|(_, count)| *count > 0) {
            let line = format!("{}: {count} {kind}", cluster.name);
            tally.warn(line, Remedy::SaveConfiguration);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn removing(with_crds: bool) -> Finding {
        let mut facts = removed(today());
        east(&mut facts).planned.removes_crds = with_crds;
        east(&mut facts).configuration =
            Ok(vec![("VirtualService".into(), 3), ("Gateway".into(), 0)]);
        CHECK.run(&facts)
    }

    #[test]
    fn objects_that_go_with_their_definitions_are_counted() {
        let finding = removing(true);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(finding.found, ["east: 3 VirtualService"]);
    }

    #[test]
    fn definitions_that_stay_keep_their_objects() {
        assert_eq!(removing(false).verdict, Verdict::Passed);
    }
}
