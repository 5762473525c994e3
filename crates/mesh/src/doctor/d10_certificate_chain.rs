//! D10: is the chain that signs workloads sound, and does it last?
//!
//! Thirty days before the end it warns, seven days before it blocks.

use super::{Check, Lines, Needs};
use crate::{
    facts::{CaFacts, MeshFacts},
    finding::{Finding, Tally},
};
use cluster::Certificate;
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::CertificateChain,
    group: Group::Certificates,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

const WARN: i64 = 30;
const BLOCK: i64 = 7;

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    let now = facts.now.as_second();
    for cluster in &facts.clusters {
        let name = &cluster.name;
        if let Some(roots) = tally.known(&format!("{name}: roots"), &cluster.roots) {
            for root in roots {
                lasts(
                    &format!("{name}: {}", root.source),
                    &root.certificate,
                    now,
                    &mut tally,
                );
            }
        }
        if let Some(Some(ca)) = tally.known(&format!("{name}: cacerts"), &cluster.ca) {
            sound(name, ca, &mut tally);
            lasts(
                &format!("{name}: {}", ca.source),
                &ca.signer,
                now,
                &mut tally,
            );
        }
    }
    tally.finding()
}

fn sound(cluster: &str, ca: &CaFacts, tally: &mut Tally) {
    let name = format!("{cluster}: {}", ca.source);
    if !ca.signed_by_root {
        let (signer, root) = (&ca.signer.subject, &ca.root.subject);
        let line = format!("{name}: {signer} is not signed by {root}");
        tally.block(line, Remedy::RenewCertificates);
    }
    if !ca.signer.is_ca {
        let line = format!("{name}: {} may not sign others", ca.signer.subject);
        tally.block(line, Remedy::RenewCertificates);
    }
    if ca.key_fits == Some(false) {
        let line = format!("{name}: the key is not the certificate's");
        tally.block(line, Remedy::RenewCertificates);
    }
}

fn lasts(name: &str, certificate: &Certificate, now: i64, tally: &mut Tally) {
    tally.saw();
    let days = certificate.days_left(now);
    let subject = &certificate.subject;
    if days < 0 {
        let line = format!("{name}: {subject} ended {} days ago", -days);
        tally.block(line, Remedy::RenewCertificates);
    } else if days < BLOCK {
        tally.block(
            format!("{name}: {subject} ends in {days} days"),
            Remedy::RenewCertificates,
        );
    } else if days < WARN {
        tally.warn(
            format!("{name}: {subject} ends in {days} days"),
            Remedy::RenewCertificates,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with_root_for(days: i64) -> Verdict {
        let mut facts = today();
        let roots = east(&mut facts).roots.as_mut().expect("known");
        roots[0].certificate = certificate("root", days);
        CHECK.run(&facts).verdict
    }

    #[test]
    fn the_end_warns_at_thirty_days_and_blocks_at_seven() {
        assert_eq!(with_root_for(31), Verdict::Passed);
        assert_eq!(with_root_for(29), Verdict::Warning);
        assert_eq!(with_root_for(6), Verdict::Blocked);
        assert_eq!(with_root_for(-3), Verdict::Blocked);
    }

    fn plugged(change: fn(&mut CaFacts)) -> Finding {
        let mut facts = today();
        let mut ca = CaFacts {
            source: "Secret istio-system/cacerts".into(),
            signer: certificate("signer", 300),
            root: certificate("root", 3_000),
            signed_by_root: true,
            key_fits: Some(true),
        };
        change(&mut ca);
        east(&mut facts).ca = Ok(Some(ca));
        CHECK.run(&facts)
    }

    #[test]
    fn a_chain_that_does_not_hold_blocks() {
        let stranger = plugged(|ca| ca.signed_by_root = false);
        assert!(stranger.found[0].contains("CN=signer is not signed by CN=root"));
        let leaf = plugged(|ca| ca.signer.is_ca = false);
        assert!(leaf.found[0].contains("may not sign others"), "{leaf:?}");
        let key = plugged(|ca| ca.key_fits = Some(false));
        assert_eq!(key.verdict, Verdict::Blocked);
    }

    #[test]
    fn a_chain_that_holds_passes() {
        assert_eq!(plugged(|_| {}).verdict, Verdict::Passed);
    }
}
