//! D14: is each Service of the remote that callers could name in their own cluster too?
//!
//! DNS ends at a cluster's border: without a Service there the name does not resolve, whatever the mesh
//! knows. A Service without workloads is enough.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts, ServiceFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ServiceForCallers,
    group: Group::Workloads,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (_, primary, remote) in facts.joins_with_clusters() {
        let here = tally.known(&format!("{}: Services", primary.name), &primary.services);
        let there = tally.known(&format!("{}: Services", remote.name), &remote.services);
        let spaces = tally.known(
            &format!("{}: namespaces", primary.name),
            &primary.namespaces,
        );
        let (Some(here), Some(there), Some(_)) = (here, there, spaces) else {
            continue;
        };
        for service in there.iter().filter(|one| is_shared(primary, remote, one)) {
            tally.saw();
            let same =
                |one: &ServiceFacts| one.namespace == service.namespace && one.name == service.name;
            if !here.iter().any(same) {
                let line = format!(
                    "{}: {} is only in {}",
                    primary.name,
                    service.reference(),
                    remote.name
                );
                tally.block(line, Remedy::MakeService);
            }
        }
    }
    tally.finding()
}

/// Whether the namespace is in the mesh on both sides, so that its callers mean the same name.
fn is_shared(primary: &ClusterFacts, remote: &ClusterFacts, service: &ServiceFacts) -> bool {
    let in_mesh = |cluster: &ClusterFacts| {
        let namespace = cluster.namespace(&service.namespace);
        namespace.is_some_and(crate::facts::NamespaceFacts::injection_enabled)
    };
    service.namespace != remote.istio_namespace && in_mesh(primary) && in_mesh(remote)
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn a_service_that_callers_cannot_resolve_blocks() {
        let mut facts = today();
        let services = east(&mut facts).services.as_mut().expect("known");
        services.retain(|service| service.name != "details");
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["east: Service bookinfo/details is only in west"]
        );
        assert_eq!(finding.remedies, [Remedy::MakeService]);
    }

    #[test]
    fn a_namespace_outside_of_the_mesh_is_its_own() {
        let mut facts = today();
        let services = west(&mut facts).services.as_mut().expect("known");
        services.push(service("shop/cart", &[80]));
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }
}
