//! P14: the name of the remote in the mesh is a DNS label.
//!
//! The name becomes a data key of a Secret, a label and a part of metrics; a DNS label is valid for all.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::{Detail, Remedy};

/// The longest DNS label.
const MAX_LENGTH: usize = 63;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for join in &facts.joins {
        if let Some(violation) = violation(join.id.as_str()) {
            tally.fail(violation.on(&join.remote), Remedy::RenameCluster);
        }
    }
    tally.finding()
}

/// Why a name is no DNS label; none for a valid name.
fn violation(name: &str) -> Option<Detail> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() {
        Some(detail!(NameEmpty {}))
    } else if name.len() > MAX_LENGTH {
        Some(detail!(NameTooLong {
            name,
            limit: MAX_LENGTH
        }))
    } else if !name.chars().all(is_allowed) {
        Some(detail!(NameCharacters { name }))
    } else if name.starts_with('-') || name.ends_with('-') {
        Some(detail!(NameHyphen { name }))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, violation};
    use wire::check::DetailCode;

    #[test]
    fn an_invalid_name_fails() {
        let long = "x".repeat(64);
        for (name, code) in [
            ("cluster_2", DetailCode::NameCharacters),
            ("West", DetailCode::NameCharacters),
            ("-west", DetailCode::NameHyphen),
            (&long, DetailCode::NameTooLong),
        ] {
            let mut facts = istiod();
            join(&mut facts).id = cluster_id(name);
            let finding = run(CheckCode::ValidClusterName, &facts);
            assert_eq!(finding.status, CheckStatus::Failed, "{name}");
            assert_eq!(finding.details[0].code, code, "{name}");
        }
    }

    #[test]
    fn an_empty_name_is_a_violation() {
        assert_eq!(
            violation("").expect("a violation").code,
            DetailCode::NameEmpty
        );
    }

    #[test]
    fn a_dns_label_passes() {
        let finding = run(CheckCode::ValidClusterName, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
