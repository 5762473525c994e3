//! D11: the control planes of a mesh have the same trust domain, or each other's as an alias.

use crate::{
    facts::{MeshConfigFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

/// The trust domain of a mesh configuration that sets none.
const DEFAULT_TRUST_DOMAIN: &str = "cluster.local";

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    let mut configs: Vec<(&str, &MeshConfigFacts)> = Vec::new();
    for primary in facts.primaries() {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        if let Some(config) = tally.known(&primary.name, &plane.config) {
            configs.push((primary.name.as_str(), config));
        }
    }
    for (index, (cluster, config)) in configs.iter().enumerate() {
        for (other_cluster, other_config) in configs.iter().skip(index + 1) {
            tally.applies();
            let (trust_domain, other_trust_domain) =
                (trust_domain(config), trust_domain(other_config));
            let are_aliases =
                has_alias(config, other_trust_domain) && has_alias(other_config, trust_domain);
            if trust_domain != other_trust_domain && !are_aliases {
                let detail = detail!(TrustDomainsDiffer {
                    cluster,
                    trust_domain,
                    other_cluster,
                    other_trust_domain
                });
                tally.warn(detail, Remedy::AlignTrustDomain);
            }
        }
    }
    tally.finding()
}

fn trust_domain(config: &MeshConfigFacts) -> &str {
    match config.trust_domain.as_str() {
        "" => DEFAULT_TRUST_DOMAIN,
        trust_domain => trust_domain,
    }
}

fn has_alias(config: &MeshConfigFacts, trust_domain: &str) -> bool {
    let mut aliases = config.trust_domain_aliases.iter();
    aliases.any(|alias| alias == trust_domain)
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::{IstioGeneration, Role};
    use wire::check::SkipReason;

    fn with_trust_domain(trust_domain: &str, aliases: &[&str]) -> Finding {
        let mut facts = istiod();
        let mut second = plane(IstioGeneration::Istiod);
        let config = second.config.as_mut().expect("known");
        config.trust_domain = trust_domain.to_owned();
        config.trust_domain_aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        west(&mut facts).role = Role::Primary;
        west(&mut facts).control_plane = Ok(Some(second));
        let first = plane_of(&mut facts).config.as_mut().expect("known");
        first.trust_domain_aliases = vec!["old.example".into()];
        run(CheckCode::TrustDomain, &facts)
    }

    #[test]
    fn two_trust_domains_are_a_warning() {
        let finding = with_trust_domain("west.example", &[]);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(TrustDomainsDiffer {
            cluster: "east",
            trust_domain: "cluster.local",
            other_cluster: "west",
            other_trust_domain: "west.example",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn mutual_aliases_and_one_trust_domain_pass() {
        let aliased = with_trust_domain("old.example", &["cluster.local"]);
        assert_eq!(aliased.status, CheckStatus::Passed);
        assert_eq!(with_trust_domain("", &[]).status, CheckStatus::Passed);
    }

    #[test]
    fn a_single_control_plane_is_skipped() {
        let finding = run(CheckCode::TrustDomain, &istiod());
        assert_eq!(finding.skipped, Some(SkipReason::NotApplicable));
    }
}
