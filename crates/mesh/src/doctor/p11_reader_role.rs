//! P11: the ClusterRole of the reader's binding exists.
//!
//! An API server accepts a binding to a role that does not exist; every list is then forbidden.

use super::joins::check_readers;
use crate::{
    facts::MeshFacts,
    finding::{Finding, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    check_readers(facts, |join, reader, tally| match &reader.role {
        Some(role) if !reader.role_exists => {
            let detail = detail!(RoleMissing { role });
            tally.fail(detail.on(&join.remote), Remedy::CreateRole);
        }
        Some(_) => tally.applies(),
        None if join.joined => {
            let detail = detail!(RoleNotBound {
                account: reader.account
            });
            tally.fail(detail.on(&join.remote), Remedy::CreateRole);
        }
        None => {}
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_binding_to_a_missing_role_fails() {
        let mut facts = istiod();
        reader_of(&mut facts).role_exists = false;
        let finding = run(CheckCode::ReaderRole, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(RoleMissing {
            role: "istio-reader-clusterrole-istio-system"
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn a_join_without_a_binding_fails() {
        let mut facts = istiod();
        reader_of(&mut facts).role = None;
        let finding = run(CheckCode::ReaderRole, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn a_bound_role_that_exists_passes() {
        let finding = run(CheckCode::ReaderRole, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
