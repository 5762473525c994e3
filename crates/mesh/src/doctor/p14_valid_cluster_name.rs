//! P14: the cluster IDs of a mesh are valid keys of a Secret.
//!
//! The ID of a remote is the key of its remote Secret, which Kubernetes validates. The ID of the control
//! plane's own cluster comes from its environment, and becomes such a key when another control plane reads
//! the cluster.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::{
    BadName, ClusterId,
    check::{Detail, Remedy},
};

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for (_, primary, _) in facts.joins_with_clusters() {
        let plane = tally.known(&primary.name, &primary.control_plane);
        let Some(Some(plane)) = plane else { continue };
        let name = plane.cluster_id();
        if let Err(violation) = ClusterId::new(name) {
            tally.fail(
                detail(name, &violation).on(&primary.name),
                Remedy::RenameCluster,
            );
        }
    }
    tally.finding()
}

fn detail(name: &str, violation: &BadName) -> Detail {
    match violation {
        BadName::Empty => detail!(NameEmpty {}),
        BadName::TooLong { max, .. } => detail!(NameTooLong { name, limit: max }),
        BadName::Shape | BadName::Chart | BadName::SecretKey => detail!(NameCharacters { name }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use wire::check::DetailCode;

    #[test]
    fn an_id_that_is_no_key_of_a_secret_fails() {
        let long = "x".repeat(254);
        for (name, code) in [
            ("east,west", DetailCode::NameCharacters),
            ("..east", DetailCode::NameCharacters),
            (&long, DetailCode::NameTooLong),
        ] {
            let mut facts = istiod();
            let env = &mut plane_of(&mut facts).env;
            env.insert("CLUSTER_ID".to_owned(), name.to_owned());
            let finding = run(CheckCode::ValidClusterName, &facts);
            assert_eq!(finding.status, CheckStatus::Failed, "{name}");
            assert_eq!(finding.details[0].code, code, "{name}");
        }
    }

    #[test]
    fn every_key_of_a_secret_passes() {
        for name in ["west", "Prod_East.1", "-west-"] {
            let mut facts = istiod();
            join(&mut facts).id = cluster_id(name);
            let env = &mut plane_of(&mut facts).env;
            env.insert("CLUSTER_ID".to_owned(), format!("{name}.primary"));
            let finding = run(CheckCode::ValidClusterName, &facts);
            assert_eq!(finding.status, CheckStatus::Passed, "{name}");
        }
    }
}
