//! D16: namespaces of workloads have one injection label.
//!
//! A namespace that another cluster injects belongs to the mesh here too: without the label its pods start
//! without a proxy. With both labels it is undefined which one applies.

use crate::{
    facts::{ClusterFacts, MeshFacts, NamespaceFacts},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeSet;
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(namespaces) = tally.known(&cluster.name, &cluster.namespaces) else {
            continue;
        };
        let injected = injected_elsewhere(facts, cluster);
        for namespace in namespaces {
            evaluate(cluster, namespace, &injected, &mut tally);
        }
    }
    tally.finding()
}

fn evaluate(
    cluster: &ClusterFacts,
    namespace: &NamespaceFacts,
    injected_elsewhere: &BTreeSet<&str>,
    tally: &mut Tally,
) {
    let name = &namespace.name;
    let injection = namespace.label("istio-injection");
    let revision = namespace.label("istio.io/rev");
    if injection.is_some() && revision.is_some() {
        let detail = detail!(NamespaceLabelledTwice { namespace: name });
        return tally.fail(detail.on(&cluster.name), Remedy::LabelNamespace);
    }
    let is_planned = cluster.planned.injected.contains(name);
    // The label `disabled` is a decision of an operator.
    let is_expected = injected_elsewhere.contains(name.as_str()) && injection != Some("disabled");
    let mut pods = cluster.known_pods().iter();
    let has_pods = pods.any(|pod| pod.live && &pod.namespace == name);
    if !namespace.injection_enabled() && (is_planned || (is_expected && has_pods)) {
        let detail = detail!(NamespaceNotLabelled { namespace: name });
        tally.fail(detail.on(&cluster.name), Remedy::LabelNamespace);
    }
}

/// The namespaces that another cluster injects.
fn injected_elsewhere<'a>(facts: &'a MeshFacts, cluster: &ClusterFacts) -> BTreeSet<&'a str> {
    let others = facts
        .clusters
        .iter()
        .filter(|other| other.name != cluster.name);
    let namespaces = others.flat_map(|other| other.namespaces.as_deref().unwrap_or_default());
    let injected = namespaces.filter(|namespace| namespace.injection_enabled());
    injected.map(|namespace| namespace.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::DetailCode;

    fn with(labels: &[(&str, &str)]) -> Finding {
        let mut facts = istiod();
        west(&mut facts).planned.injected.clear();
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces[1] = namespace("bookinfo", labels);
        run(CheckCode::InjectionLabel, &facts)
    }

    #[test]
    fn a_namespace_without_the_label_fails() {
        let finding = with(&[]);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(NamespaceNotLabelled {
            namespace: "bookinfo"
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn both_labels_fail() {
        let finding = with(&[("istio-injection", "enabled"), ("istio.io/rev", "stable")]);
        assert_eq!(finding.details[0].code, DetailCode::NamespaceLabelledTwice);
    }

    #[test]
    fn a_revision_and_disabled_injection_pass() {
        let revision = with(&[("istio.io/rev", "stable")]);
        assert_eq!(revision.status, CheckStatus::Passed);
        let disabled = with(&[("istio-injection", "disabled")]);
        assert_eq!(disabled.status, CheckStatus::Passed);
    }
}
