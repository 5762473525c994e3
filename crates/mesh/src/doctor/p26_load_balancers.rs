//! P26: does a Service of type LoadBalancer get an address here?

use super::{Check, Lines, Needs};
use crate::{
    facts::{MeshFacts, ServiceFacts, ServiceType},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::LoadBalancers,
    group: Group::Cluster,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in facts
        .clusters
        .iter()
        .filter(|one| one.planned.load_balancer)
    {
        let Some(services) = tally.known(&cluster.name, &cluster.services) else {
            continue;
        };
        tally.saw();
        let balanced = |one: &&ServiceFacts| one.service_type == ServiceType::LoadBalancer;
        let balanced: Vec<&ServiceFacts> = services.iter().filter(balanced).collect();
        if balanced.iter().any(|one| !one.load_balancer.is_empty()) {
            continue;
        }
        let name = &cluster.name;
        if balanced.is_empty() {
            let line = format!("{name}: no Service has tried it yet");
            tally.note(line, Remedy::ProvideBalancer);
        }
        for service in balanced {
            let line = format!("{name}: {} has no address", service.reference());
            tally.warn(line, Remedy::ProvideBalancer);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn balancers_without_an_address_are_a_warning() {
        let mut facts = today();
        for service in east(&mut facts).services.as_mut().expect("known") {
            service.load_balancer.clear();
        }
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(
            finding.found,
            ["east: Service istio-system/istio-eastwestgateway has no address"]
        );
    }

    #[test]
    fn a_cluster_where_nobody_tried_is_said() {
        let mut facts = today();
        east(&mut facts).services = Ok(Vec::new());
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Noted);
    }

    #[test]
    fn one_balancer_with_an_address_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
