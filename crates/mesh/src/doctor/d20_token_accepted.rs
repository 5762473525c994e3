//! D20: the remote accepts the stored token.
//!
//! A control plane continues with its open watches and reports `synced` while the remote rejects new
//! proxies; only the remote itself can answer.

use super::joins::check_remote_entries;
use crate::{
    facts::{Access, MeshFacts},
    finding::{Finding, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    check_remote_entries(facts, |join, secret, entry, tally| {
        let secret = secret.reference();
        match tally.known(&join.remote, &entry.access) {
            Some(Access::Rejected(reason)) => {
                let detail = detail!(TokenRejected { secret, reason });
                tally.fail(detail.on(&join.remote), Remedy::RotateToken);
            }
            Some(Access::Accepted { user_info, .. }) if user_info.user == "system:anonymous" => {
                let detail = detail!(TokenAnonymous { secret });
                tally.fail(detail.on(&join.remote), Remedy::RotateToken);
            }
            // D25 reports an untrusted certificate.
            Some(Access::UntrustedCertificate(reason)) => {
                tally.unknown(detail!(TokenNotChecked { reason }).on(&join.remote));
            }
            Some(Access::Accepted { .. }) => tally.applies(),
            None => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use cluster::UserInfo;

    fn with(access: Access) -> Finding {
        let mut facts = istiod();
        secret_of(&mut facts).entries[0].access = Ok(access);
        run(CheckCode::TokenAccepted, &facts)
    }

    #[test]
    fn a_rejected_token_fails() {
        let finding = with(Access::Rejected("Unauthorized".into()));
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.remedies, [Remedy::RotateToken]);
    }

    #[test]
    fn a_server_that_accepts_anonymous_requests_proves_nothing() {
        let user_info = UserInfo {
            user: "system:anonymous".into(),
            groups: Vec::new(),
        };
        let finding = with(Access::Accepted {
            user_info,
            uid: None,
        });
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn an_accepted_token_passes() {
        let finding = run(CheckCode::TokenAccepted, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
