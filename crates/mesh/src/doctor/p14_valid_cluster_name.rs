//! P14: can the cluster's name in the mesh be one?
//!
//! It becomes a data key of a Secret, a label and a part of metrics: a DNS label is what fits all.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::MeshClusterName,
    group: Group::Identity,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for join in &facts.joins {
        if let Some(fault) = fault(&join.name) {
            let line = format!("{}: “{}” {fault}", join.remote, join.name);
            tally.block(line, Remedy::RenameCluster);
        }
    }
    tally.finding()
}

/// What is wrong with a name as a DNS label.
fn fault(name: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() {
        Some("is empty")
    } else if name.len() > 63 {
        Some("is longer than 63 characters")
    } else if !name.chars().all(plain) {
        Some("holds something else than lower-case letters, digits and '-'")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("begins or ends with '-'")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn names_that_are_no_label_block() {
        let long = "x".repeat(64);
        for name in ["cluster_2", "West", "-west", "", &long] {
            let mut facts = today();
            join(&mut facts).name = name.to_owned();
            assert_eq!(CHECK.carry_out(&facts).verdict, Verdict::Blocked, "{name}");
        }
    }

    #[test]
    fn a_label_passes() {
        assert_eq!(CHECK.carry_out(&today()).verdict, Verdict::Passed);
    }
}
