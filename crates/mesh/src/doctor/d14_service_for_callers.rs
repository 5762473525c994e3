//! D14: each Service of the remote exists in the cluster of its callers too.
//!
//! DNS ends at the border of a cluster: without a Service there the name does not resolve, whatever
//! endpoints the mesh has. A Service without workloads is enough.

use crate::{
    facts::{ClusterFacts, MeshFacts, NamespaceFacts, ServiceFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (_, primary, remote) in facts.joins_with_clusters() {
        let name = primary.name.as_str();
        let local = tally.known(format!("{name}: Services"), &primary.services);
        let shared = tally.known(format!("{}: Services", remote.name), &remote.services);
        let namespaces = tally.known(format!("{name}: Namespaces"), &primary.namespaces);
        let (Some(local), Some(shared), Some(_)) = (local, shared, namespaces) else {
            continue;
        };
        let shared = shared
            .iter()
            .filter(|service| is_shared(primary, remote, service));
        for service in shared {
            tally.applies();
            let is_same = |local: &ServiceFacts| {
                local.namespace == service.namespace && local.name == service.name
            };
            if !local.iter().any(is_same) {
                let detail = detail!(ServiceMissing {
                    service: service.reference(),
                    remote: remote.name
                });
                tally.fail(detail.on(name), Remedy::CreateService);
            }
        }
    }
    tally.finding()
}

/// Whether both clusters inject the namespace, so that callers use the same name.
fn is_shared(primary: &ClusterFacts, remote: &ClusterFacts, service: &ServiceFacts) -> bool {
    let is_injected = |cluster: &ClusterFacts| {
        let namespace = cluster.namespace(&service.namespace);
        namespace.is_some_and(NamespaceFacts::injection_enabled)
    };
    service.namespace != remote.istio_namespace && is_injected(primary) && is_injected(remote)
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_service_that_callers_cannot_resolve_fails() {
        let mut facts = istiod();
        let services = east(&mut facts).services.as_mut().expect("known");
        services.retain(|service| service.name != "details");
        let finding = run(CheckCode::ServiceForCallers, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(ServiceMissing {
            service: "Service bookinfo/details",
            remote: "west"
        });
        assert_eq!(finding.details, [expected.on("east")]);
        assert_eq!(finding.remedies, [Remedy::CreateService]);
    }

    #[test]
    fn a_namespace_outside_of_the_mesh_does_not_count() {
        let mut facts = istiod();
        let services = west(&mut facts).services.as_mut().expect("known");
        services.push(service("shop/cart", &[80]));
        let finding = run(CheckCode::ServiceForCallers, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
