//! D05: have the gateways that let other clusters in an address?

use super::{Check, Lines, Needs, gateway};
use crate::{
    facts::{IstioGeneration, MeshFacts, ServiceFacts, ServiceType},
    finding::{Finding, Tally},
};
use std::net::IpAddr;
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::GatewayAddress,
    group: Group::Addresses,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in &facts.clusters {
        if tally.known(&cluster.name, &cluster.services).is_none() {
            continue;
        }
        for service in gateway::of(cluster) {
            tally.saw();
            judge(facts.generation, &cluster.name, service, &mut tally);
        }
    }
    tally.finding()
}

fn judge(generation: IstioGeneration, cluster: &str, service: &ServiceFacts, tally: &mut Tally) {
    let name = format!("{cluster}: {}", service.reference());
    let given = !service.external_ips.is_empty();
    let is_address = |text: &String| text.parse::<IpAddr>().is_ok();
    match (&service.service_type, service.load_balancer.as_slice()) {
        (ServiceType::LoadBalancer, []) if !given => {
            let line = format!("{name} waits for an address");
            tally.block(line, Remedy::GiveGatewayAddress);
        }
        (ServiceType::LoadBalancer, names @ [first, ..])
            if !given && !names.iter().any(is_address) =>
        {
            // Since 1.13 a control plane resolves the name; the old line wants an address.
            let weight = match generation {
                IstioGeneration::Mixer => Verdict::Blocked,
                IstioGeneration::Istiod => Verdict::Noted,
            };
            let line = format!("{name} has the name {first} and no address");
            tally.say(weight, line, Remedy::GiveGatewayAddress);
        }
        (ServiceType::ClusterIp | ServiceType::Headless, _) if !given => {
            let line = format!(
                "{name} is {}, which no other cluster reaches",
                service.service_type.word()
            );
            tally.block(line, Remedy::GiveGatewayAddress);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::SkipReason;

    fn with(mut facts: MeshFacts, balancer: &[&str]) -> Finding {
        let given = balancer.iter().map(|one| (*one).to_owned()).collect();
        let services = east(&mut facts).services.as_mut().expect("known");
        services[1].load_balancer = given;
        CHECK.run(&facts)
    }

    #[test]
    fn a_gateway_that_waits_blocks() {
        let finding = with(today(), &[]);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["east: Service istio-system/istio-eastwestgateway waits for an address"]
        );
    }

    #[test]
    fn a_host_name_blocks_the_old_line_and_is_said_in_todays() {
        let name = &["lb.example.com"];
        assert_eq!(with(legacy(), name).verdict, Verdict::Blocked);
        assert_eq!(with(today(), name).verdict, Verdict::Noted);
    }

    #[test]
    fn an_address_passes_and_no_gateway_is_skipped() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
        let mut facts = today();
        east(&mut facts).services = Ok(Vec::new());
        assert_eq!(CHECK.run(&facts).skipped, Some(SkipReason::NothingThere));
    }
}
