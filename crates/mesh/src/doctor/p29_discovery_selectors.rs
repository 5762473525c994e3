//! P29: the discovery selectors of the control plane match every namespace of the mesh.
//!
//! The selectors filter what a control plane reads in its own cluster and in every remote.

use crate::{
    facts::{ClusterFacts, MeshFacts, NamespaceFacts, Selector},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for primary in facts.primaries() {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        let Some(config) = tally.known(&primary.name, &plane.config) else {
            continue;
        };
        tally.applies();
        let selectors = &config.discovery_selectors;
        if selectors.is_empty() {
            continue;
        }
        let joins = facts.joins.iter();
        let remotes = joins
            .filter(|join| join.primary == primary.name)
            .filter_map(|join| facts.cluster(&join.remote));
        for cluster in std::iter::once(primary).chain(remotes) {
            check_namespaces(primary, cluster, selectors, &mut tally);
        }
    }
    tally.finding()
}

fn check_namespaces(
    primary: &ClusterFacts,
    cluster: &ClusterFacts,
    selectors: &[Selector],
    tally: &mut Tally,
) {
    let Some(namespaces) = tally.known(&cluster.name, &cluster.namespaces) else {
        return;
    };
    let is_selected = |namespace: &NamespaceFacts| {
        let mut selectors = selectors.iter();
        selectors.any(|selector| selector.matches(&namespace.labels))
    };
    let hidden = namespaces
        .iter()
        .filter(|namespace| is_in_mesh(cluster, namespace) && !is_selected(namespace));
    for namespace in hidden {
        let detail = detail!(NamespaceNotSelected {
            namespace: namespace.name,
            primary: primary.name
        });
        tally.fail(detail.on(&cluster.name), Remedy::ExtendSelectors);
    }
}

fn is_in_mesh(cluster: &ClusterFacts, namespace: &NamespaceFacts) -> bool {
    cluster.planned.injected.contains(&namespace.name) || namespace.injection_enabled()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::Requirement;

    fn with_selector(key: &str, value: &str) -> Finding {
        let mut facts = istiod();
        let config = plane_of(&mut facts).config.as_mut().expect("known");
        let requirement = Requirement::In(key.into(), vec![value.into()]);
        config.discovery_selectors = vec![Selector(vec![requirement])];
        run(CheckCode::DiscoverySelectors, &facts)
    }

    #[test]
    fn a_hidden_namespace_fails_in_primary_and_remote() {
        let finding = with_selector("team", "shop");
        assert_eq!(finding.status, CheckStatus::Failed);
        let detail = detail!(NamespaceNotSelected {
            namespace: "bookinfo",
            primary: "east"
        });
        assert_eq!(
            finding.details,
            [detail.clone().on("east"), detail.on("west")]
        );
    }

    #[test]
    fn matching_selectors_and_no_selectors_pass() {
        let finding = with_selector("istio-injection", "enabled");
        assert_eq!(finding.status, CheckStatus::Passed);
        let finding = run(CheckCode::DiscoverySelectors, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
