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
mod tests;
