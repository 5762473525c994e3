//! P13: the reader may read no more than a control plane of this generation needs.
//!
//! Every holder of the primary's remote Secret has these permissions in the remote.

use super::joins::check_readers;
use crate::{
    facts::MeshFacts,
    finding::{Finding, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    check_readers(facts, |join, reader, tally| {
        if !reader.exists {
            return;
        }
        if let Some(permissions) = tally.known(&join.remote, &reader.excess_rights) {
            tally.applies();
            for permission in permissions {
                let account = &reader.account;
                let detail = detail!(PermissionExcessive {
                    account,
                    permission
                });
                tally.warn(detail.on(&join.remote), Remedy::RestrictRole);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn an_excessive_permission_is_a_warning() {
        let mut facts = mixer();
        reader_of(&mut facts).excess_rights = Ok(vec!["list secrets".into()]);
        let finding = run(CheckCode::ReaderLeastPrivilege, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(PermissionExcessive {
            account: "istio-reader-service-account",
            permission: "list secrets",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn the_least_privilege_passes() {
        let finding = run(CheckCode::ReaderLeastPrivilege, &mixer());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
