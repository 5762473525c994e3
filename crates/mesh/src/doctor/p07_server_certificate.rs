//! P07: the certificate of the remote's API server is valid for its address under the given CA bundle.

use crate::facts::host::host_of;
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for join in &facts.joins {
        let Some(handshake) = tally.known(&join.remote, &join.handshake) else {
            continue;
        };
        let Err(reason) = &handshake.verified else {
            continue;
        };
        let host = host_of(&join.server);
        let rejected = detail!(CertificateRejected { host, reason });
        tally.fail(rejected.on(&join.remote), Remedy::SetCaBundle);
        if let Some(certificate) = handshake.chain.first() {
            let presented = detail!(CertificatePresented {
                subject: certificate.subject,
                issuer: certificate.issuer,
                names: certificate.names.join(", "),
            });
            tally.fail(presented.on(&join.remote), Remedy::SetCaBundle);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;

    #[test]
    fn a_certificate_for_other_names_fails_and_lists_them() {
        let mut facts = istiod();
        let handshake = join(&mut facts).handshake.as_mut().expect("known");
        handshake.verified = Err("certificate not valid for name 10.0.2.6".into());
        handshake.chain[0].names = vec!["api.west.example".into()];
        let finding = run(CheckCode::ServerCertificate, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.details[0].arg("host"), "10.0.2.6");
        assert_eq!(finding.details[1].arg("names"), "api.west.example");
    }

    #[test]
    fn a_valid_certificate_passes() {
        let finding = run(CheckCode::ServerCertificate, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
