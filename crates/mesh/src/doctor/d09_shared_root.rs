//! D09: do all clusters trust the same root?
//!
//! Only where mutual TLS or control-plane security is on: else each cluster signs for itself, roots
//! always differ, and nothing is broken by it.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, IstioGeneration, MeshFacts, RootFacts},
    finding::{Finding, Tally},
};
use std::collections::BTreeSet;
use wire::check::{CheckCode, Group, Remedy, SkipReason, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::SharedRoot,
    group: Group::Certificates,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    if facts.generation == IstioGeneration::Mixer {
        let mut on = false;
        for primary in facts.primaries() {
            on |= mutual_tls_is_on(primary, &mut tally);
        }
        if !on {
            let unsure = tally.finding();
            return match unsure.skipped {
                Some(SkipReason::Unknown) => unsure,
                _ => Finding::skipped(SkipReason::NoMutualTls).with("count", 0),
            };
        }
    }
    for (one, other) in facts.cluster_pairs() {
        let Some(mine) = tally.known(&one.name, &one.roots) else {
            continue;
        };
        let Some(theirs) = tally.known(&other.name, &other.roots) else {
            continue;
        };
        if mine.is_empty() || theirs.is_empty() {
            continue;
        }
        tally.saw();
        if hashes(mine).is_disjoint(&hashes(theirs)) {
            let line = format!(
                "{} trusts {}, {} trusts {}",
                one.name,
                said(mine),
                other.name,
                said(theirs)
            );
            tally.block(line, Remedy::ShareRoot);
        }
    }
    tally.finding()
}

/// Whether the old line demands or offers mutual TLS.
fn mutual_tls_is_on(primary: &ClusterFacts, tally: &mut Tally) -> bool {
    let policies = tally.known(&primary.name, &primary.mutual_tls);
    let by_policy = policies.is_some_and(|all| all.iter().any(|one| one.mode != "DISABLE"));
    let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
        return by_policy;
    };
    let config = plane.as_ref().map(|plane| &plane.config);
    let config = config.and_then(|config| tally.known(&primary.name, config));
    by_policy || config.is_some_and(|config| config.control_plane_mutual_tls)
}

fn hashes(roots: &[RootFacts]) -> BTreeSet<&str> {
    let certificates = roots.iter().map(|root| &root.certificate);
    certificates.map(|one| one.sha256.as_str()).collect()
}

fn said(roots: &[RootFacts]) -> String {
    let short = |root: &RootFacts| {
        let hash: String = root.certificate.sha256.chars().take(12).collect();
        format!("{} ({hash})", root.certificate.subject)
    };
    let all: Vec<String> = roots.iter().map(short).collect();
    all.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::MutualTlsFacts;
    use wire::check::Verdict;

    fn with_other_root(mut facts: MeshFacts) -> MeshFacts {
        let roots = west(&mut facts).roots.as_mut().expect("known");
        roots[0].certificate = certificate("another", 3_000);
        facts
    }

    #[test]
    fn different_roots_block_todays_line() {
        let finding = CHECK.run(&with_other_root(today()));
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["east trusts CN=root (root), west trusts CN=another (another)"]
        );
    }

    #[test]
    fn without_mutual_tls_the_old_line_is_let_be() {
        let finding = CHECK.run(&with_other_root(legacy()));
        assert_eq!(finding.skipped, Some(SkipReason::NoMutualTls));
    }

    #[test]
    fn with_mutual_tls_it_is_not() {
        let mut facts = with_other_root(legacy());
        east(&mut facts).mutual_tls = Ok(vec![MutualTlsFacts {
            object: "MeshPolicy default".into(),
            scope: String::new(),
            mode: "STRICT".into(),
        }]);
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Blocked);
    }

    #[test]
    fn one_root_passes_and_so_does_a_bundle_that_holds_it() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
        let mut facts = with_other_root(today());
        let both = today().clusters[0].roots.clone().expect("known");
        west(&mut facts).roots.as_mut().expect("known").extend(both);
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }
}
