//! P19: is a namespace that is used absent, there, or on its way out?

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
};
use std::collections::BTreeSet;
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::NamespaceState,
    group: Group::Conflicts,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// Judges one namespace; `going` is what holds it when it is being deleted.
pub(crate) fn judge(there: bool, going: Option<&[String]>) -> Finding {
    match (there, going) {
        (_, Some(held_by)) => Finding::of(Verdict::Blocked)
            .with("state", "terminating")
            .found(held_by.to_vec())
            .remedy(Remedy::WaitUntilGone),
        (true, None) => Finding::of(Verdict::Passed).with("state", "present"),
        (false, None) => Finding::of(Verdict::Passed).with("state", "absent"),
    }
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(namespaces) = tally.known(&cluster.name, &cluster.namespaces) else {
            continue;
        };
        let used = used(cluster);
        for namespace in namespaces
            .iter()
            .filter(|one| used.contains(one.name.as_str()))
        {
            let finding = judge(true, namespace.terminating.as_deref());
            if finding.verdict != Verdict::Blocked {
                continue;
            }
            let name = format!("{}: Namespace {}", cluster.name, namespace.name);
            tally.block(format!("{name} is being deleted"), Remedy::WaitUntilGone);
            for held in finding.found {
                tally.block(format!("{name}: {held}"), Remedy::WaitUntilGone);
            }
        }
    }
    tally.finding()
}

/// The namespaces of the control plane and of the plan.
fn used(cluster: &ClusterFacts) -> BTreeSet<&str> {
    let planned = cluster.planned.namespaces.iter();
    let all = planned.chain(&cluster.planned.injected).map(String::as_str);
    all.chain([cluster.istio_namespace.as_str()]).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_namespace_on_its_way_out_blocks_and_says_what_holds_it() {
        let mut facts = today();
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces[0].terminating = Some(vec!["pods. has 1 resource instances".into()]);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            [
                "west: Namespace istio-system is being deleted",
                "west: Namespace istio-system: pods. has 1 resource instances"
            ]
        );
    }

    #[test]
    fn a_namespace_of_somebody_else_may_go() {
        let mut facts = today();
        let mut other = namespace("shop", &[]);
        other.terminating = Some(Vec::new());
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces.push(other);
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }
}
