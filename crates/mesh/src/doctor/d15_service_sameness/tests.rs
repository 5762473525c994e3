//! Tests of the check.

use super::{super::samples::*, *};
use wire::check::DetailCode;

fn with(change: fn(&mut ServiceFacts)) -> Finding {
    let mut facts = istiod();
    for service in west(&mut facts).services.as_mut().expect("known") {
        if service.name == "details" {
            change(service);
        }
    }
    run(CheckCode::ServiceSameness, &facts)
}

#[test]
fn other_ports_and_another_type_are_warnings() {
    let ports = with(|service| service.ports[0].number = 9081);
    assert_eq!(ports.status, CheckStatus::Warning);
    let expected = detail!(ServicePortsDiffer {
        service: "Service bookinfo/details",
        cluster: "east",
        ports: "http 9080/TCP",
        other_cluster: "west",
        other_ports: "http 9081/TCP",
    });
    assert_eq!(ports.details, [expected]);
    let headless = with(|service| service.service_type = ServiceType::Headless);
    assert_eq!(headless.details[0].code, DetailCode::ServiceTypeDiffers);
    assert_eq!(headless.details[0].arg("other_service_type"), "headless");
}

#[test]
fn a_load_balancer_in_one_cluster_is_no_difference() {
    let finding = with(|service| service.service_type = ServiceType::LoadBalancer);
    assert_eq!(finding.status, CheckStatus::Passed);
}
