//! P19: the namespaces of the mesh are absent or present, and none of them is terminating.

use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeSet;
use wire::check::{CheckStatus, Remedy};

/// The finding about one namespace; `terminating` lists the conditions that delay its deletion.
pub(crate) fn evaluate(name: &str, exists: bool, terminating: Option<&[String]>) -> Finding {
    let finding = match (exists, terminating) {
        (_, Some(reasons)) => {
            let details = reasons.iter().map(|reason| {
                detail!(NamespaceBlocked {
                    namespace: name,
                    reason
                })
            });
            Finding::new(CheckStatus::Failed)
                .with("state", "terminating")
                .with_details(details.collect())
                .with_remedy(Remedy::WaitForDeletion)
        }
        (true, None) => Finding::new(CheckStatus::Passed).with("state", "present"),
        (false, None) => Finding::new(CheckStatus::Passed).with("state", "absent"),
    };
    finding.with("namespace", name)
}

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(namespaces) = tally.known(&cluster.name, &cluster.namespaces) else {
            continue;
        };
        let used = used(cluster);
        let used = namespaces
            .iter()
            .filter(|namespace| used.contains(namespace.name.as_str()));
        for namespace in used {
            let finding = evaluate(&namespace.name, true, namespace.terminating.as_deref());
            if finding.status != CheckStatus::Failed {
                continue;
            }
            let terminating = detail!(NamespaceTerminating {
                namespace: namespace.name
            });
            for detail in std::iter::once(terminating).chain(finding.details) {
                tally.fail(detail.on(&cluster.name), Remedy::WaitForDeletion);
            }
        }
    }
    tally.finding()
}

/// The namespaces of the control plane and of the plan.
fn used(cluster: &ClusterFacts) -> BTreeSet<&str> {
    let planned = cluster.planned.namespaces.iter();
    let all = planned.chain(&cluster.planned.injected).map(String::as_str);
    all.chain([cluster.istio_namespace.as_str()]).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_terminating_namespace_fails_and_lists_the_reasons() {
        let mut facts = istiod();
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        let reason = "pods. has 1 resource instances";
        namespaces[0].terminating = Some(vec![reason.into()]);
        let finding = run(CheckCode::NamespaceState, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let namespace = "istio-system";
        let expected = [
            detail!(NamespaceTerminating { namespace }).on("west"),
            detail!(NamespaceBlocked { namespace, reason }).on("west"),
        ];
        assert_eq!(finding.details, expected);
    }

    #[test]
    fn a_namespace_outside_of_the_mesh_does_not_count() {
        let mut facts = istiod();
        let mut other = namespace("shop", &[]);
        other.terminating = Some(Vec::new());
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces.push(other);
        let finding = run(CheckCode::NamespaceState, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
