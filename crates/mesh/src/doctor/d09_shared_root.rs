//! D09: all clusters trust the same root certificate.
//!
//! The check applies only with mutual TLS or control-plane security: without them each cluster has a root
//! of its own, and the difference has no effect.

use crate::{
    facts::{ClusterFacts, IstioGeneration, MeshFacts, RootFacts},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeSet;
use wire::check::{Remedy, SkipReason};

/// The characters of a fingerprint that a detail shows.
const FINGERPRINT_LENGTH: usize = 12;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    if facts.generation == IstioGeneration::Mixer {
        let mut is_on = false;
        for primary in facts.primaries() {
            is_on |= is_mutual_tls_on(primary, &mut tally);
        }
        if !is_on {
            let finding = tally.finding();
            return match finding.skipped {
                Some(SkipReason::Unknown | SkipReason::ClusterUnreachable) => finding,
                _ => Finding::skipped(SkipReason::MutualTlsOff).with("count", 0),
            };
        }
    }
    for (first, second) in facts.cluster_pairs() {
        compare(first, second, &mut tally);
    }
    tally.finding()
}

fn compare(first: &ClusterFacts, second: &ClusterFacts, tally: &mut Tally) {
    let Some(roots) = tally.known(&first.name, &first.roots) else {
        return;
    };
    let Some(other_roots) = tally.known(&second.name, &second.roots) else {
        return;
    };
    if roots.is_empty() || other_roots.is_empty() {
        return;
    }
    tally.applies();
    if fingerprints(roots).is_disjoint(&fingerprints(other_roots)) {
        let detail = detail!(RootsDiffer {
            cluster: first.name,
            roots: describe(roots),
            other_cluster: second.name,
            other_roots: describe(other_roots),
        });
        tally.fail(detail, Remedy::ShareRoot);
    }
}

/// Whether Istio 1.0 requires or permits mutual TLS.
fn is_mutual_tls_on(primary: &ClusterFacts, tally: &mut Tally) -> bool {
    let policies = tally.known(&primary.name, &primary.mutual_tls);
    let by_policy =
        policies.is_some_and(|policies| policies.iter().any(|policy| policy.mode != "DISABLE"));
    let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
        return by_policy;
    };
    let config = plane.as_ref().map(|plane| &plane.config);
    let config = config.and_then(|config| tally.known(&primary.name, config));
    by_policy || config.is_some_and(|config| config.control_plane_mutual_tls)
}

fn fingerprints(roots: &[RootFacts]) -> BTreeSet<&str> {
    let certificates = roots.iter().map(|root| &root.certificate);
    certificates
        .map(|certificate| certificate.sha256.as_str())
        .collect()
}

fn describe(roots: &[RootFacts]) -> String {
    let describe = |root: &RootFacts| {
        let fingerprint = root.certificate.sha256.chars().take(FINGERPRINT_LENGTH);
        let fingerprint: String = fingerprint.collect();
        format!("{} ({fingerprint})", root.certificate.subject)
    };
    let roots: Vec<String> = roots.iter().map(describe).collect();
    roots.join(", ")
}

#[cfg(test)]
mod tests;
