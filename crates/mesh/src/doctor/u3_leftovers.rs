//! U3: is something of the mesh left behind?
//!
//! What a control plane made while it ran belongs to no release: certificates in every namespace, its
//! own authority, leader elections.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::Leftovers,
    group: Group::Removal,
    lines: Lines::Both,
    needs: Needs::Removal,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in &facts.clusters {
        let Some(plane) = tally.known(&cluster.name, &cluster.control_plane) else {
            continue;
        };
        if plane.is_some() {
            tally.unknown(format!("{}: the control plane still stands", cluster.name));
            continue;
        }
        if let Some(left) = tally.known(&cluster.name, &cluster.leftovers) {
            tally.saw();
            for line in left {
                tally.warn(format!("{}: {line}", cluster.name), Remedy::DeleteLeftovers);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn after(left: &[&str]) -> Finding {
        let mut facts = removed(today());
        east(&mut facts).control_plane = Ok(None);
        let left = left.iter().map(|one| (*one).to_owned()).collect();
        west(&mut facts).leftovers = Ok(left);
        CHECK.run(&facts)
    }

    #[test]
    fn what_is_left_is_named() {
        let finding = after(&["Secret istio-system/istio-ca-secret"]);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(finding.found, ["west: Secret istio-system/istio-ca-secret"]);
    }

    #[test]
    fn nothing_left_passes() {
        assert_eq!(after(&[]).verdict, Verdict::Passed);
    }

    #[test]
    fn while_the_control_plane_stands_it_is_too_early() {
        let finding = CHECK.run(&removed(today()));
        assert_eq!(finding.verdict, Verdict::Skipped);
        assert_eq!(finding.found, ["east: the control plane still stands"]);
    }
}
