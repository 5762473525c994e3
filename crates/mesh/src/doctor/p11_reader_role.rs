//! P11: is the ClusterRole there that the reader's binding names?
//!
//! An API server takes a binding to a role that does not exist; every list is then forbidden.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ReaderRole,
    group: Group::Identity,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for join in &facts.joins {
        let Some(reader) = tally.known(&join.remote, &join.reader) else {
            continue;
        };
        let remote = &join.remote;
        match &reader.role {
            Some(role) if !reader.role_exists => {
                let line =
                    format!("{remote}: the binding names ClusterRole {role}, which is not there");
                tally.block(line, Remedy::MakeRole);
            }
            Some(_) => tally.saw(),
            None if join.joined => {
                let who = &reader.account;
                let line = format!("{remote}: no binding gives ServiceAccount {who} a role");
                tally.block(line, Remedy::MakeRole);
            }
            None => {}
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn a_binding_to_a_role_that_is_not_there_blocks() {
        let mut facts = today();
        reader_of(&mut facts).role_exists = false;
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(finding.found[0].contains("istio-reader-clusterrole-istio-system"));
    }

    #[test]
    fn a_join_without_a_binding_blocks() {
        let mut facts = today();
        reader_of(&mut facts).role = None;
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Blocked);
    }

    #[test]
    fn a_bound_role_that_is_there_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
