//! P23: are objects that a join and a chart both make there already, and whose?
//!
//! The reader's ServiceAccount, role and binding come from the join, from Istio's own charts or from a
//! script: whoever comes second takes them over, and that is shown first.

use super::{Check, Lines, Needs};
use crate::{
    facts::{MeshFacts, Owner},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::Ownership,
    group: Group::Conflicts,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// Objects of a manifest that belong to somebody else, a line each: they cannot be installed over.
pub(crate) fn judge(foreign: Vec<String>) -> Finding {
    let verdict = if foreign.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Blocked
    };
    Finding::of(verdict)
        .with("objects", foreign.len())
        .found(foreign)
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(owned) = tally.known(&cluster.name, &cluster.owned) else {
            continue;
        };
        for one in owned {
            let object = format!("{}: {}", cluster.name, one.object);
            match (&one.owner, cluster.planned.creates_reader) {
                (Owner::Release(name, namespace), _) => {
                    let line = format!("{object} belongs to release {name} in {namespace}");
                    tally.note(line, Remedy::Adopt);
                }
                (Owner::Manager(manager), true) => {
                    let line = match manager.as_str() {
                        "" => format!("{object} belongs to no release"),
                        manager => format!("{object} belongs to no release, {manager} made it"),
                    };
                    tally.warn(line, Remedy::Adopt);
                }
                (Owner::Console, true) => {
                    let line = format!("{object} belongs to the join; the chart makes it too");
                    tally.warn(line, Remedy::Adopt);
                }
                (Owner::Manager(_) | Owner::Console, false) => {}
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::OwnershipFacts;

    fn with(owner: Owner, creates_reader: bool) -> Finding {
        let mut facts = today();
        west(&mut facts).planned.creates_reader = creates_reader;
        west(&mut facts).owned = Ok(vec![OwnershipFacts {
            object: "ServiceAccount istio-system/istio-multi".into(),
            owner,
        }]);
        CHECK.run(&facts)
    }

    #[test]
    fn an_object_of_a_script_is_adopted_before_a_chart_makes_it() {
        let finding = with(Owner::Manager("kubectl".into()), true);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(finding.remedies, [Remedy::Adopt]);
        assert!(finding.found[0].ends_with("kubectl made it"), "{finding:?}");
    }

    #[test]
    fn an_object_of_a_release_is_said() {
        let owner = Owner::Release("istio-base".into(), "istio-system".into());
        assert_eq!(with(owner, false).verdict, Verdict::Noted);
    }

    #[test]
    fn the_joins_own_objects_pass_when_no_chart_makes_them() {
        assert_eq!(with(Owner::Console, false).verdict, Verdict::Passed);
    }
}
