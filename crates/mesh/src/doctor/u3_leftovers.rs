//! U3: no object of the mesh is left.
//!
//! Objects that a control plane creates at run time belong to no release: certificates in every namespace,
//! its own CA and leader elections.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        let Some(plane) = tally.known(&cluster.name, &cluster.control_plane) else {
            continue;
        };
        if plane.is_some() {
            tally.unknown(detail!(ControlPlaneInstalled {}).on(&cluster.name));
            continue;
        }
        if let Some(objects) = tally.known(&cluster.name, &cluster.leftovers) {
            tally.applies();
            for object in objects {
                let detail = detail!(Leftover { object });
                tally.warn(detail.on(&cluster.name), Remedy::DeleteLeftovers);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    const OBJECT: &str = "Secret istio-system/istio-ca-secret";

    fn with_leftovers(objects: &[&str]) -> Finding {
        let mut facts = removed(istiod());
        east(&mut facts).control_plane = Ok(None);
        let objects = objects.iter().map(|object| (*object).to_owned()).collect();
        west(&mut facts).leftovers = Ok(objects);
        run(CheckCode::Leftovers, &facts)
    }

    #[test]
    fn the_objects_that_are_left_are_listed() {
        let finding = with_leftovers(&[OBJECT]);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(Leftover { object: OBJECT });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn no_leftovers_pass() {
        assert_eq!(with_leftovers(&[]).status, CheckStatus::Passed);
    }

    #[test]
    fn the_check_is_skipped_while_a_control_plane_is_installed() {
        let finding = run(CheckCode::Leftovers, &removed(istiod()));
        assert_eq!(finding.status, CheckStatus::Skipped);
        let expected = detail!(ControlPlaneInstalled {});
        assert_eq!(finding.details, [expected.on("east")]);
    }
}
