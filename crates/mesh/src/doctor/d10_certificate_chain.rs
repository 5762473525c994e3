//! D10: the certificate chain that signs workloads is valid and does not expire soon.
//!
//! An expiry within thirty days is a warning, within seven days the check fails.

use crate::{
    facts::{CaFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use cluster::Certificate;
use wire::check::{CheckStatus, Remedy};

const WARNING_DAYS: i64 = 30;
const FAILURE_DAYS: i64 = 7;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    let now = facts.now.as_second();
    for cluster in &facts.clusters {
        let name = cluster.name.as_str();
        if let Some(roots) = tally.known(format!("{name}: root certificates"), &cluster.roots) {
            for root in roots {
                check_expiry(name, &root.source, &root.certificate, now, &mut tally);
            }
        }
        if let Some(Some(ca)) = tally.known(format!("{name}: Secret cacerts"), &cluster.ca) {
            check_chain(name, ca, &mut tally);
            check_expiry(name, &ca.source, &ca.signer, now, &mut tally);
        }
    }
    tally.finding()
}

fn check_chain(cluster: &str, ca: &CaFacts, tally: &mut Tally) {
    let (object, signer) = (&ca.source, &ca.signer.subject);
    if !ca.signed_by_root {
        let detail = detail!(SignerNotSignedByRoot {
            object,
            signer,
            root: ca.root.subject
        });
        tally.fail(detail.on(cluster), Remedy::RenewCertificates);
    }
    if !ca.signer.is_ca {
        let detail = detail!(SignerNotCa { object, signer });
        tally.fail(detail.on(cluster), Remedy::RenewCertificates);
    }
    if ca.key_fits == Some(false) {
        let detail = detail!(SignerKeyMismatch { object });
        tally.fail(detail.on(cluster), Remedy::RenewCertificates);
    }
}

fn check_expiry(
    cluster: &str,
    object: &str,
    certificate: &Certificate,
    now: i64,
    tally: &mut Tally,
) {
    tally.applies();
    let days = certificate.days_left(now);
    let subject = &certificate.subject;
    let (status, detail) = if days < 0 {
        let detail = detail!(CertificateExpired {
            object,
            subject,
            days: -days
        });
        (CheckStatus::Failed, detail)
    } else if days < WARNING_DAYS {
        let status = if days < FAILURE_DAYS {
            CheckStatus::Failed
        } else {
            CheckStatus::Warning
        };
        let detail = detail!(CertificateExpires {
            object,
            subject,
            days
        });
        (status, detail)
    } else {
        return;
    };
    tally.report(status, detail.on(cluster), Remedy::RenewCertificates);
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::DetailCode;

    fn with_root_expiring_in(days: i64) -> CheckStatus {
        let mut facts = istiod();
        let roots = east(&mut facts).roots.as_mut().expect("known");
        roots[0].certificate = certificate("root", days);
        run(CheckCode::CertificateChain, &facts).status
    }

    #[test]
    fn an_expiry_is_a_warning_at_thirty_days_and_fails_at_seven() {
        assert_eq!(with_root_expiring_in(31), CheckStatus::Passed);
        assert_eq!(with_root_expiring_in(29), CheckStatus::Warning);
        assert_eq!(with_root_expiring_in(6), CheckStatus::Failed);
        assert_eq!(with_root_expiring_in(-3), CheckStatus::Failed);
    }

    fn with_ca(change: fn(&mut CaFacts)) -> Finding {
        let mut facts = istiod();
        let mut ca = CaFacts {
            source: "Secret istio-system/cacerts".into(),
            signer: certificate("signer", 300),
            root: certificate("root", 3_000),
            signed_by_root: true,
            key_fits: Some(true),
        };
        change(&mut ca);
        east(&mut facts).ca = Ok(Some(ca));
        run(CheckCode::CertificateChain, &facts)
    }

    #[test]
    fn an_invalid_chain_fails() {
        let unsigned = with_ca(|ca| ca.signed_by_root = false);
        let expected = detail!(SignerNotSignedByRoot {
            object: "Secret istio-system/cacerts",
            signer: "CN=signer",
            root: "CN=root",
        });
        assert_eq!(unsigned.details, [expected.on("east")]);
        let leaf = with_ca(|ca| ca.signer.is_ca = false);
        assert_eq!(leaf.details[0].code, DetailCode::SignerNotCa);
        let key = with_ca(|ca| ca.key_fits = Some(false));
        assert_eq!(key.details[0].code, DetailCode::SignerKeyMismatch);
        assert_eq!(key.status, CheckStatus::Failed);
    }

    #[test]
    fn a_valid_chain_passes() {
        assert_eq!(with_ca(|_| {}).status, CheckStatus::Passed);
    }
}
