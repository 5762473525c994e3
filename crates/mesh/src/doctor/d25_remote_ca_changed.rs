//! D25: the stored CA bundle verifies the API server of the remote.
//!
//! When a cluster renews its CA, the stored kubeconfig no longer trusts it, and the control plane loses the
//! remote at its next connection.

use super::joins::check_remote_entries;
use crate::{
    facts::{Access, MeshFacts},
    finding::{Finding, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    check_remote_entries(facts, |join, secret, entry, tally| {
        match tally.known(&join.remote, &entry.access) {
            Some(Access::UntrustedCertificate(reason)) => {
                let detail = detail!(ServerCaChanged {
                    secret: secret.reference(),
                    reason
                });
                tally.fail(detail.on(&join.remote), Remedy::UpdateCaBundle);
            }
            // A server that answers at all has a certificate of the stored CA.
            Some(Access::Accepted { .. } | Access::Rejected(_)) => tally.applies(),
            None => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with(access: Access) -> Finding {
        let mut facts = istiod();
        secret_of(&mut facts).entries[0].access = Ok(access);
        run(CheckCode::RemoteCaChanged, &facts)
    }

    #[test]
    fn another_ca_fails() {
        let reason = "signed by an unknown authority";
        let finding = with(Access::UntrustedCertificate(reason.into()));
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.details[0].arg("reason"), reason);
        assert_eq!(finding.remedies, [Remedy::UpdateCaBundle]);
    }

    #[test]
    fn a_server_that_rejects_the_token_has_the_same_ca() {
        let finding = with(Access::Rejected("Unauthorized".into()));
        assert_eq!(finding.status, CheckStatus::Passed);
    }

    #[test]
    fn the_stored_ca_passes() {
        let finding = run(CheckCode::RemoteCaChanged, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
