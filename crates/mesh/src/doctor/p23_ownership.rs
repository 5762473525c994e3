//! P23: the owner of objects that both a join and a chart create.
//!
//! The reader's ServiceAccount, role and binding come from the join, from Istio's own charts or from a
//! script; the second one adopts them, and an operator sees that first. Only what a script made is in the way
//! of a chart.

use crate::{
    facts::{MeshFacts, Owner, OwnershipFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::{CheckStatus, Detail, DetailCode, Remedy};

/// The finding about objects of a manifest with another owner: a chart cannot be installed over them, unless
/// they belong to a join, which a release adopts.
pub(crate) fn evaluate(owned: Vec<Detail>) -> Finding {
    let is_foreign = |detail: &&Detail| detail.code != DetailCode::OwnedByJoin;
    let (status, count) = match owned.iter().filter(is_foreign).count() {
        0 => (CheckStatus::Info, owned.len()),
        foreign => (CheckStatus::Failed, foreign),
    };
    Finding::from_details(status, owned).with("objects", count)
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
        (Owner::Console, true) => Some((CheckStatus::Info, detail!(OwnedByJoin { object }))),
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
    fn objects_of_the_join_are_adopted_by_a_chart_that_creates_them() {
        let finding = with(Owner::Console, true);
        assert_eq!(finding.status, CheckStatus::Info);
        assert_eq!(finding.remedies, [Remedy::Adopt]);
        let object = "ServiceAccount istio-system/istio-reader-service-account";
        let of_join = detail!(OwnedByJoin { object });
        let by_hand = detail!(OwnedByManager {
            object,
            manager: "kubectl"
        });
        assert_eq!(evaluate(vec![of_join.clone()]).status, CheckStatus::Info);
        let both = evaluate(vec![of_join, by_hand]);
        assert_eq!(both.status, CheckStatus::Failed);
        assert_eq!(both.args, [("objects".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn objects_of_the_join_pass_when_no_chart_creates_them() {
        let finding = with(Owner::Console, false);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
