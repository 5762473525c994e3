//! D16: are namespaces of workloads labelled for injection, and labelled once?
//!
//! A namespace that is in the mesh here is meant to be there: without the label its pods start without a
//! proxy. With both labels it is not said which one counts.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts, NamespaceFacts},
    finding::{Finding, Tally},
};
use std::collections::BTreeSet;
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::InjectionLabel,
    group: Group::Workloads,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(namespaces) = tally.known(&cluster.name, &cluster.namespaces) else {
            continue;
        };
        let elsewhere = injected_elsewhere(facts, cluster);
        for namespace in namespaces {
            judge(cluster, namespace, &elsewhere, &mut tally);
        }
    }
    tally.finding()
}

fn judge(
    cluster: &ClusterFacts,
    namespace: &NamespaceFacts,
    elsewhere: &BTreeSet<&str>,
    tally: &mut Tally,
) {
    let name = format!("{}: Namespace {}", cluster.name, namespace.name);
    let injection = namespace.label("istio-injection");
    let revision = namespace.label("istio.io/rev");
    if injection.is_some() && revision.is_some() {
        let line = format!("{name} has both istio-injection and istio.io/rev");
        return tally.block(line, Remedy::LabelNamespace);
    }
    let wanted = cluster.planned.injected.contains(&namespace.name)
        || elsewhere.contains(namespace.name.as_str());
    let pods = cluster.known_pods().iter();
    let mut pods = pods.filter(|pod| pod.namespace == namespace.name);
    let planned = cluster.planned.injected.contains(&namespace.name);
    if !wanted || namespace.injection_enabled() || !(planned || pods.any(|pod| pod.live)) {
        return;
    }
    // Somebody who says disabled means it.
    if injection == Some("disabled") && !planned {
        return;
    }
    let line = format!("{name} is not labelled for injection");
    tally.block(line, Remedy::LabelNamespace);
}

/// Namespaces that another cluster injects.
fn injected_elsewhere<'a>(facts: &'a MeshFacts, cluster: &ClusterFacts) -> BTreeSet<&'a str> {
    let others = facts.clusters.iter().filter(|one| one.name != cluster.name);
    let namespaces = others.flat_map(|one| one.namespaces.as_deref().unwrap_or_default());
    let injected = namespaces.filter(|one| one.injection_enabled());
    injected.map(|one| one.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with(labels: &[(&str, &str)]) -> Finding {
        let mut facts = today();
        west(&mut facts).planned.injected.clear();
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces[1] = namespace("bookinfo", labels);
        CHECK.run(&facts)
    }

    #[test]
    fn a_namespace_without_the_label_blocks() {
        let finding = with(&[]);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["west: Namespace bookinfo is not labelled for injection"]
        );
    }

    #[test]
    fn both_labels_block() {
        let finding = with(&[("istio-injection", "enabled"), ("istio.io/rev", "stable")]);
        assert!(finding.found[0].contains("has both"), "{finding:?}");
    }

    #[test]
    fn a_revision_and_a_clear_no_pass() {
        assert_eq!(with(&[("istio.io/rev", "stable")]).verdict, Verdict::Passed);
        let no = with(&[("istio-injection", "disabled")]);
        assert_eq!(no.verdict, Verdict::Passed);
    }
}
