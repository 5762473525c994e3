//! P12: the reader may list and watch what a control plane of this generation reads.

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
        if let Some(permissions) = tally.known(&join.remote, &reader.missing_rights) {
            tally.applies();
            for permission in permissions {
                let account = &reader.account;
                let detail = detail!(PermissionMissing {
                    account,
                    permission
                });
                tally.fail(detail.on(&join.remote), Remedy::ExtendRole);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::Unknown;

    #[test]
    fn each_missing_permission_is_listed() {
        let mut facts = istiod();
        let permission = "list endpointslices.discovery.k8s.io";
        reader_of(&mut facts).missing_rights = Ok(vec![permission.into()]);
        let finding = run(CheckCode::ReaderPermissions, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(PermissionMissing {
            account: "istio-reader-service-account",
            permission,
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn a_reader_with_all_permissions_passes() {
        let finding = run(CheckCode::ReaderPermissions, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }

    #[test]
    fn unknown_permissions_are_skipped() {
        let mut facts = istiod();
        reader_of(&mut facts).missing_rights = Err(Unknown::because("the token is rejected"));
        let finding = run(CheckCode::ReaderPermissions, &facts);
        assert_eq!(finding.status, CheckStatus::Skipped);
    }
}
