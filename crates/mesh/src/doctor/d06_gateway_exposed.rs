//! D06: does each network's gateway carry its network's label, port 15443 and the route behind it?
//!
//! Without one of them the other networks do not find the way in, and traffic stays at home.

use super::{
    Check, Lines, Needs,
    gateway::{self, NETWORK},
};
use crate::{
    facts::{ClusterFacts, GatewayFacts, MeshFacts, ServiceFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::GatewayExposed,
    group: Group::Addresses,
    lines: Lines::Istiod,
    needs: Needs::Networks,
    reads: Stage::Remotes,
    look,
};

const PORT: u16 = 15443;

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        if tally.known(&cluster.name, &cluster.services).is_none() {
            continue;
        }
        let gateways: Vec<&ServiceFacts> = gateway::of(cluster).collect();
        if gateways.is_empty() {
            let line = format!("{} has no east-west gateway", cluster.name);
            tally.block(line, Remedy::MendGateway);
        }
        for service in gateways {
            judge(cluster, service, &mut tally);
        }
    }
    tally.finding()
}

fn judge(cluster: &ClusterFacts, service: &ServiceFacts, tally: &mut Tally) {
    let name = format!("{}: {}", cluster.name, service.reference());
    let label = service.labels.get(NETWORK).map_or("", String::as_str);
    if label != cluster.network {
        let line = match label {
            "" => format!("{name} lacks the label {NETWORK}={}", cluster.network),
            other => format!(
                "{name} is labelled {other}, its network is {}",
                cluster.network
            ),
        };
        tally.block(line, Remedy::MendGateway);
    }
    if !service.has_port(PORT) {
        tally.block(format!("{name} has no port {PORT}"), Remedy::MendGateway);
    }
    let Some(gateways) = tally.known(&cluster.name, &cluster.gateways) else {
        return;
    };
    let Some(pods) = tally.known(&format!("{}: pods", cluster.name), &cluster.pods) else {
        return;
    };
    let mut serving = pods
        .iter()
        .filter(|pod| pod.matches_selector(&service.selector));
    let routed = serving.any(|pod| {
        let opens =
            |gateway: &&GatewayFacts| pod.matches_selector(&gateway.selector) && opens(gateway);
        gateways.iter().any(|gateway| opens(&gateway))
    });
    if !routed {
        let line = format!("{name}: no Gateway opens {PORT} with AUTO_PASSTHROUGH on its pods");
        tally.block(line, Remedy::MendGateway);
    }
}

fn opens(gateway: &GatewayFacts) -> bool {
    let servers = gateway.servers.iter();
    let mut servers = servers.filter(|server| server.port == PORT);
    servers.any(|server| server.tls_mode == "AUTO_PASSTHROUGH")
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with(change: fn(&mut ClusterFacts)) -> Finding {
        let mut facts = two_networks();
        change(west(&mut facts));
        CHECK.run(&facts)
    }

    fn gateway_of(cluster: &mut ClusterFacts) -> &mut ServiceFacts {
        let services = cluster.services.as_mut().expect("known");
        services.last_mut().expect("there")
    }

    #[test]
    fn a_missing_label_port_or_route_blocks() {
        let label = with(|cluster| gateway_of(cluster).labels.clear());
        assert!(label.found[0].contains("lacks the label"), "{label:?}");
        let port = with(|cluster| gateway_of(cluster).ports.clear());
        assert!(port.found[0].contains("has no port 15443"), "{port:?}");
        let route = with(|cluster| cluster.gateways = Ok(Vec::new()));
        assert!(route.found[0].contains("no Gateway opens"), "{route:?}");
        let none = with(|cluster| cluster.services = Ok(Vec::new()));
        assert_eq!(none.found, ["west has no east-west gateway"]);
    }

    #[test]
    fn a_gateway_object_for_other_pods_opens_nothing() {
        let finding = with(|cluster| {
            let gateways = cluster.gateways.as_mut().expect("known");
            gateways[0].selector = map(&[("istio", "ingressgateway")]);
        });
        assert_eq!(finding.verdict, Verdict::Blocked);
    }

    #[test]
    fn gateways_that_carry_all_pass() {
        assert_eq!(CHECK.run(&two_networks()).verdict, Verdict::Passed);
    }
}
