//! Tests of the check.

use super::{super::samples::*, *};
use wire::check::DetailCode;

fn with(change: fn(&mut ClusterFacts)) -> Finding {
    let mut facts = two_networks();
    change(west(&mut facts));
    run(CheckCode::GatewayExposed, &facts)
}

fn gateway_of(cluster: &mut ClusterFacts) -> &mut ServiceFacts {
    let services = cluster.services.as_mut().expect("known");
    services.last_mut().expect("present")
}

#[test]
fn a_missing_label_port_or_route_fails() {
    let label = with(|cluster| gateway_of(cluster).labels.clear());
    let expected = detail!(GatewayLabelMissing {
        service: "Service istio-system/istio-eastwestgateway",
        label: "topology.istio.io/network=n2",
    });
    assert_eq!(label.details, [expected.on("west")]);
    let port = with(|cluster| gateway_of(cluster).ports.clear());
    assert_eq!(port.details[0].code, DetailCode::GatewayPortMissing);
    let route = with(|cluster| cluster.gateways = Ok(Vec::new()));
    assert_eq!(route.details[0].code, DetailCode::GatewayRouteMissing);
    let gateway = with(|cluster| cluster.services = Ok(Vec::new()));
    assert_eq!(gateway.details, [detail!(GatewayMissing {}).on("west")]);
}

#[test]
fn a_gateway_object_for_other_pods_opens_no_port() {
    let finding = with(|cluster| {
        let gateways = cluster.gateways.as_mut().expect("known");
        gateways[0].selector = map(&[("istio", "ingressgateway")]);
    });
    assert_eq!(finding.status, CheckStatus::Failed);
}

#[test]
fn complete_gateways_pass() {
    let finding = run(CheckCode::GatewayExposed, &two_networks());
    assert_eq!(finding.status, CheckStatus::Passed);
}
