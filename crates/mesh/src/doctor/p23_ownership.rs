//! P23: the owner of objects that both a join and a chart create.
//!
//! The reader's ServiceAccount, role and binding come from the join, from Istio's own charts or from a
//! script; the second one adopts them, and an operator sees that first.

use crate::{
    facts::{MeshFacts, Owner, OwnershipFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::{CheckStatus, Detail, Remedy};

/// The finding about objects of a manifest with another owner: a chart cannot be installed over them.
pub(crate) fn evaluate(foreign: Vec<Detail>) -> Finding {
    let count = foreign.len();
    Finding::from_details(CheckStatus::Failed, foreign).with("objects", count)
}

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(owned) = tally.known(&cluster.name, &cluster.owned) else {
            continue;
        };
        for object in owned {
            if let Some((status, detail)) = evaluate_owner(object, cluster.planned.creates_reader) {
                tally.report(status, detail.on(&cluster.name), Remedy::Adopt);
            }
        }
    }
    tally.finding()
}

fn evaluate_owner(owned: &OwnershipFacts, creates_reader: bool) -> Option<(CheckStatus, Detail)> {
    let object = &owned.object;
    match (&owned.owner, creates_reader) {
        (Owner::Release(release, namespace), _) => {
            let detail = detail!(OwnedByRelease {
                object,
                release,
                namespace
            });
            Some((CheckStatus::Info, detail))
        }
        (Owner::Manager(manager), true) => {
            let detail = detail!(OwnedByManager { object, manager });
            Some((CheckStatus::Warning, detail))
        }
        (Owner::Console, true) => Some((CheckStatus::Warning, detail!(OwnedByJoin { object }))),
        (Owner::Manager(_) | Owner::Console, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with(owner: Owner, creates_reader: bool) -> Finding {
        let mut facts = istiod();
        west(&mut facts).planned.creates_reader = creates_reader;
        west(&mut facts).owned = Ok(vec![OwnershipFacts {
            object: "ServiceAccount istio-system/istio-multi".into(),
            owner,
        }]);
        run(CheckCode::Ownership, &facts)
    }

    #[test]
    fn an_object_of_a_script_is_adopted_before_a_chart_creates_it() {
        let finding = with(Owner::Manager("kubectl".into()), true);
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(finding.remedies, [Remedy::Adopt]);
        let expected = detail!(OwnedByManager {
            object: "ServiceAccount istio-system/istio-multi",
            manager: "kubectl",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn an_object_of_a_release_is_information() {
        let owner = Owner::Release("istio-base".into(), "istio-system".into());
        assert_eq!(with(owner, false).status, CheckStatus::Info);
    }

    #[test]
    fn objects_of_the_join_pass_when_no_chart_creates_them() {
        let finding = with(Owner::Console, false);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
