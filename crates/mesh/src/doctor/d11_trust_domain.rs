//! D11: do control planes of one mesh agree on the trust domain?

use super::{Check, Lines, Needs};
use crate::{
    facts::{MeshConfigFacts, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::TrustDomain,
    group: Group::Certificates,
    lines: Lines::Istiod,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// What a mesh configuration without one means.
const DEFAULT: &str = "cluster.local";

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    let mut said: Vec<(&str, &MeshConfigFacts)> = Vec::new();
    for primary in facts.primaries() {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        if let Some(config) = tally.known(&primary.name, &plane.config) {
            said.push((&primary.name, config));
        }
    }
    for (at, (here, mine)) in said.iter().enumerate() {
        for (there, theirs) in said.iter().skip(at + 1) {
            tally.saw();
            let (a, b) = (domain(mine), domain(theirs));
            if a != b && !(knows(mine, b) && knows(theirs, a)) {
                let line =
                    format!("{here} is {a}, {there} is {b}, and they do not know each other");
                tally.warn(line, Remedy::AlignTrustDomain);
            }
        }
    }
    tally.finding()
}

fn domain(config: &MeshConfigFacts) -> &str {
    match config.trust_domain.as_str() {
        "" => DEFAULT,
        told => told,
    }
}

fn knows(config: &MeshConfigFacts, domain: &str) -> bool {
    config.trust_domain_aliases.iter().any(|one| one == domain)
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::{IstioGeneration, Role};
    use wire::check::{SkipReason, Verdict};

    fn with_domain(domain: &str, aliases: &[&str]) -> Finding {
        let mut facts = today();
        let mut second = plane(IstioGeneration::Istiod);
        let config = second.config.as_mut().expect("known");
        config.trust_domain = domain.to_owned();
        config.trust_domain_aliases = aliases.iter().map(|one| (*one).to_owned()).collect();
        west(&mut facts).role = Role::Primary;
        west(&mut facts).control_plane = Ok(Some(second));
        let first = plane_of(&mut facts).config.as_mut().expect("known");
        first.trust_domain_aliases = vec!["old.example".into()];
        CHECK.run(&facts)
    }

    #[test]
    fn two_domains_are_a_warning() {
        let finding = with_domain("west.example", &[]);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert!(
            finding.found[0].contains("west is west.example"),
            "{finding:?}"
        );
    }

    #[test]
    fn aliases_on_both_sides_pass_and_so_does_one_domain() {
        let aliased = with_domain("old.example", &["cluster.local"]);
        assert_eq!(aliased.verdict, Verdict::Passed);
        assert_eq!(with_domain("", &[]).verdict, Verdict::Passed);
    }

    #[test]
    fn one_control_plane_is_nothing_to_compare() {
        assert_eq!(CHECK.run(&today()).skipped, Some(SkipReason::NothingThere));
    }
}
