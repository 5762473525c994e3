//! D25: the stored CA bundle verifies the API server of the remote.
//!
//! When a cluster renews its CA, the stored kubeconfig no longer trusts it, and the control plane loses the
//! remote at its next connection.

use crate::{
    facts::{Access, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, _) in facts.joins_with_clusters() {
        if !join.joined {
            continue;
        }
        let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) else {
            continue;
        };
        let Some((secret, entry)) = join.entry(secrets) else {
            continue;
        };
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
    }
    tally.finding()
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
