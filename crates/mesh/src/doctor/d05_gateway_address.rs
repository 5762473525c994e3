//! D05: the gateways that let other clusters in have an address.

use super::gateway;
use crate::{
    facts::{IstioGeneration, MeshFacts, ServiceFacts, ServiceType},
    finding::{Finding, Tally, detail},
};
use std::net::IpAddr;
use wire::check::{CheckStatus, Remedy};

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        if tally.known(&cluster.name, &cluster.services).is_none() {
            continue;
        }
        for gateway in gateway::gateways(cluster) {
            tally.applies();
            evaluate(facts.generation, cluster.name.as_str(), gateway, &mut tally);
        }
    }
    tally.finding()
}

fn evaluate(generation: IstioGeneration, cluster: &str, gateway: &ServiceFacts, tally: &mut Tally) {
    if !gateway.external_ips.is_empty() {
        return;
    }
    let service = gateway.reference();
    let is_address = |text: &String| text.parse::<IpAddr>().is_ok();
    match (&gateway.service_type, gateway.load_balancer.as_slice()) {
        (ServiceType::LoadBalancer, []) => {
            let detail = detail!(GatewayPending { service });
            tally.fail(detail.on(cluster), Remedy::SetGatewayAddress);
        }
        (ServiceType::LoadBalancer, ingress @ [hostname, ..])
            if !ingress.iter().any(is_address) =>
        {
            // Control planes resolve host names since 1.13; Istio 1.0 requires an address.
            let status = match generation {
                IstioGeneration::Mixer => CheckStatus::Failed,
                IstioGeneration::Istiod => CheckStatus::Info,
            };
            let detail = detail!(GatewayHostname { service, hostname });
            tally.report(status, detail.on(cluster), Remedy::SetGatewayAddress);
        }
        (ServiceType::ClusterIp | ServiceType::Headless, _) => {
            let detail = detail!(GatewayInternal {
                service,
                service_type: gateway.service_type.word()
            });
            tally.fail(detail.on(cluster), Remedy::SetGatewayAddress);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::SkipReason;

    fn with(mut facts: MeshFacts, ingress: &[&str]) -> Finding {
        let ingress = ingress.iter().map(|entry| (*entry).to_owned()).collect();
        let services = east(&mut facts).services.as_mut().expect("known");
        services[1].load_balancer = ingress;
        run(CheckCode::GatewayAddress, &facts)
    }

    #[test]
    fn a_gateway_without_an_address_fails() {
        let finding = with(istiod(), &[]);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(GatewayPending {
            service: "Service istio-system/istio-eastwestgateway"
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn a_host_name_fails_for_mixer_and_is_information_for_istiod() {
        let ingress = &["lb.example.com"];
        assert_eq!(with(mixer(), ingress).status, CheckStatus::Failed);
        assert_eq!(with(istiod(), ingress).status, CheckStatus::Info);
    }

    #[test]
    fn an_address_passes_and_a_mesh_without_gateways_is_skipped() {
        let finding = run(CheckCode::GatewayAddress, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
        let mut facts = istiod();
        east(&mut facts).services = Ok(Vec::new());
        let finding = run(CheckCode::GatewayAddress, &facts);
        assert_eq!(finding.skipped, Some(SkipReason::NotApplicable));
    }
}
