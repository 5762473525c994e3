//! P29: do the control plane's discovery selectors hide a namespace that is needed?
//!
//! They filter what it reads in its own cluster and in every remote.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts, NamespaceFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::DiscoverySelectors,
    group: Group::Workloads,
    lines: Lines::Istiod,
    needs: Needs::Nothing,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for primary in facts.primaries() {
        let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        let Some(plane) = plane else { continue };
        let Some(config) = tally.known(&primary.name, &plane.config) else {
            continue;
        };
        tally.saw();
        let selectors = &config.discovery_selectors;
        if selectors.is_empty() {
            continue;
        }
        let led = facts
            .joins
            .iter()
            .filter(|join| join.primary == primary.name);
        let led = led.filter_map(|join| facts.cluster(&join.remote));
        for cluster in std::iter::once(primary).chain(led) {
            let Some(namespaces) = tally.known(&cluster.name, &cluster.namespaces) else {
                continue;
            };
            let hidden = namespaces.iter().filter(|one| {
                needed(cluster, one)
                    && !selectors
                        .iter()
                        .any(|selector| selector.matches(&one.labels))
            });
            for namespace in hidden {
                let (here, name) = (&cluster.name, &namespace.name);
                let line = format!(
                    "{here}: Namespace {name} fits no selector of {}",
                    primary.name
                );
                tally.block(line, Remedy::WidenSelectors);
            }
        }
    }
    tally.finding()
}

fn needed(cluster: &ClusterFacts, namespace: &NamespaceFacts) -> bool {
    cluster.planned.injected.contains(&namespace.name) || namespace.injection_enabled()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::{Requirement, Selector};
    use wire::check::Verdict;

    fn selecting(key: &str, value: &str) -> MeshFacts {
        let mut facts = today();
        let config = plane_of(&mut facts).config.as_mut().expect("known");
        let one = Requirement::In(key.into(), vec![value.into()]);
        config.discovery_selectors = vec![Selector(vec![one])];
        facts
    }

    #[test]
    fn a_hidden_namespace_blocks_in_primary_and_remote() {
        let finding = CHECK.run(&selecting("team", "shop"));
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(finding.found.len(), 2, "{finding:?}");
        assert_eq!(
            finding.found[1],
            "west: Namespace bookinfo fits no selector of east"
        );
    }

    #[test]
    fn selectors_that_name_it_and_no_selectors_pass() {
        let facts = selecting("istio-injection", "enabled");
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
