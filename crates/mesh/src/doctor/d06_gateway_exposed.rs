//! D06: the gateway of each network has the network label, port 15443 and a route.
//!
//! Without one of them the other networks cannot reach its endpoints, and traffic stays in one cluster.

use super::gateway::gateways;
use crate::{
    facts::{ClusterFacts, GatewayFacts, MeshFacts, PodFacts, ServiceFacts},
    finding::{Finding, Tally, detail},
    istio::NETWORK_LABEL,
};
use wire::check::Remedy;

const PORT: u16 = 15443;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        if tally.known(&cluster.name, &cluster.services).is_none() {
            continue;
        }
        let gateways: Vec<&ServiceFacts> = gateways(cluster).collect();
        if gateways.is_empty() {
            let detail = detail!(GatewayMissing {});
            tally.fail(detail.on(&cluster.name), Remedy::FixGateway);
        }
        for gateway in gateways {
            check_label_and_port(cluster, gateway, &mut tally);
            check_route(cluster, gateway, &mut tally);
        }
    }
    tally.finding()
}

fn check_label_and_port(cluster: &ClusterFacts, gateway: &ServiceFacts, tally: &mut Tally) {
    let (service, network) = (gateway.reference(), &cluster.network);
    let label = gateway.labels.get(NETWORK_LABEL).map_or("", String::as_str);
    if label != network {
        let detail = match label {
            "" => detail!(GatewayLabelMissing {
                service,
                label: format!("{NETWORK_LABEL}={network}")
            }),
            label => detail!(GatewayLabelDiffers {
                service,
                label,
                network
            }),
        };
        tally.fail(detail.on(&cluster.name), Remedy::FixGateway);
    }
    if !gateway.has_port(PORT) {
        let detail = detail!(GatewayPortMissing {
            service,
            port: PORT
        });
        tally.fail(detail.on(&cluster.name), Remedy::FixGateway);
    }
}

fn check_route(cluster: &ClusterFacts, gateway: &ServiceFacts, tally: &mut Tally) {
    let Some(routes) = tally.known(&cluster.name, &cluster.gateways) else {
        return;
    };
    let Some(pods) = tally.known(format!("{}: Pods", cluster.name), &cluster.pods) else {
        return;
    };
    let is_routed = |pod: &PodFacts| {
        let mut routes = routes.iter();
        routes.any(|route| pod.matches_selector(&route.selector) && opens_port(route))
    };
    let mut pods = pods
        .iter()
        .filter(|pod| pod.matches_selector(&gateway.selector));
    if !pods.any(is_routed) {
        let detail = detail!(GatewayRouteMissing {
            service: gateway.reference(),
            port: PORT
        });
        tally.fail(detail.on(&cluster.name), Remedy::FixGateway);
    }
}

fn opens_port(gateway: &GatewayFacts) -> bool {
    let mut servers = gateway.servers.iter();
    servers.any(|server| server.port == PORT && server.tls_mode == "AUTO_PASSTHROUGH")
}

#[cfg(test)]
mod tests;
