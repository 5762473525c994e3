//! P26: a Service of type LoadBalancer gets an address in this cluster.

use crate::{
    facts::{MeshFacts, ServiceFacts, ServiceType},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    let clusters = facts.clusters.iter();
    for cluster in clusters.filter(|cluster| cluster.planned.load_balancer) {
        let Some(services) = tally.known(&cluster.name, &cluster.services) else {
            continue;
        };
        tally.applies();
        let services: Vec<&ServiceFacts> = services
            .iter()
            .filter(|service| service.service_type == ServiceType::LoadBalancer)
            .collect();
        if services
            .iter()
            .any(|service| !service.load_balancer.is_empty())
        {
            continue;
        }
        if services.is_empty() {
            let detail = detail!(LoadBalancerUntested {});
            tally.inform(detail.on(&cluster.name), Remedy::ProvideLoadBalancer);
        }
        for service in services {
            let detail = detail!(LoadBalancerPending {
                service: service.reference()
            });
            tally.warn(detail.on(&cluster.name), Remedy::ProvideLoadBalancer);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn load_balancers_without_an_address_are_a_warning() {
        let mut facts = istiod();
        for service in east(&mut facts).services.as_mut().expect("known") {
            service.load_balancer.clear();
        }
        let finding = run(CheckCode::LoadBalancers, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(LoadBalancerPending {
            service: "Service istio-system/istio-eastwestgateway"
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn a_cluster_without_load_balancers_is_information() {
        let mut facts = istiod();
        east(&mut facts).services = Ok(Vec::new());
        let finding = run(CheckCode::LoadBalancers, &facts);
        assert_eq!(finding.status, CheckStatus::Info);
    }

    #[test]
    fn one_load_balancer_with_an_address_passes() {
        let finding = run(CheckCode::LoadBalancers, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
