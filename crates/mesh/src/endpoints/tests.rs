//! The sources of addresses, in their order.

use super::*;
use serde_json::{Value, json};

const NS: &str = "istio-system";

fn now() -> Timestamp {
    "2026-01-01T00:10:00Z".parse().expect("a time")
}

fn pod(name: &str, labels: Value, address: &str, minute: u32, ready: bool) -> Object {
    let status = if ready { "True" } else { "False" };
    Object::new(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": NS, "labels": labels,
                     "creationTimestamp": format!("2026-01-01T00:0{minute}:00Z")},
        "spec": {"containers": [{"name": "main", "image": "any"}]},
        "status": {"phase": "Running", "podIP": address,
                   "conditions": [{"type": "Ready", "status": status}]},
    }))
    .expect("an object")
}

fn service(name: &str, selector: Value, port: u16, sort: &str, ingress: Value) -> Object {
    Object::new(json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": name, "namespace": NS,
                     "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"type": sort, "clusterIP": "172.19.0.9", "selector": selector,
                 "ports": [{"name": "one", "port": port}]},
        "status": {"loadBalancer": {"ingress": ingress}},
    }))
    .expect("an object")
}

fn mixers() -> Vec<Object> {
    let mixer = |kind: &str| json!({"istio": "mixer", "istio-mixer-type": kind});
    vec![
        pod("istio-telemetry-0", mixer("telemetry"), "10.0.0.7", 1, true),
        pod("istio-policy-0", mixer("policy"), "10.0.0.8", 1, true),
        pod(
            "istio-pilot-new",
            json!({"istio": "pilot"}),
            "10.0.0.6",
            5,
            true,
        ),
        pod(
            "istio-pilot-old",
            json!({"istio": "pilot"}),
            "10.0.0.5",
            2,
            true,
        ),
        pod(
            "istio-pilot-ill",
            json!({"istio": "pilot"}),
            "10.0.0.4",
            0,
            false,
        ),
    ]
}

fn outcome_of(found: &[DiscoveredAddress], component: Component) -> &Outcome {
    let found = found.iter().find(|found| found.component == component);
    &found.expect("a component").outcome
}

fn address(found: &[DiscoveredAddress], component: Component) -> &FoundAddress {
    match outcome_of(found, component) {
        Outcome::Found(found) => found,
        missing @ Outcome::Missing(_) => panic!("{missing:?}"),
    }
}

fn decided(
    generation: IstioGeneration,
    services: &[Object],
    pods: &[Object],
    _now: Timestamp,
) -> Vec<DiscoveredAddress> {
    resolved(generation, services, pods, &[])
}

/// The outcome when the host names of all Services have these addresses.
fn resolved(
    generation: IstioGeneration,
    services: &[Object],
    pods: &[Object],
    addresses: &[&str],
) -> Vec<DiscoveredAddress> {
    let mut services = with_facts(services, read::service).expect("well-formed objects");
    for (_, service) in &mut services {
        let names = service.load_balancer.iter();
        let names = names.filter(|text| text.parse::<std::net::IpAddr>().is_err());
        let addresses = addresses
            .iter()
            .map(|text| text.parse().expect("an address"));
        let addresses = match addresses.collect::<Vec<_>>() {
            none if none.is_empty() => Err(crate::facts::Unknown::because("no answer")),
            some => Ok(some),
        };
        let name = |host: &String| crate::facts::BalancerName {
            host: host.clone(),
            addresses: addresses.clone(),
        };
        service.balancer_names = names.map(name).collect();
    }
    decide(generation, &services, pods, now()).expect("well-formed objects")
}

#[test]
fn policy_and_telemetry_differ_and_the_oldest_ready_pod_comes_first() {
    let found = decided(IstioGeneration::Mixer, &[], &mixers(), now());
    assert_eq!(address(&found, Component::Policy).address, "10.0.0.8");
    assert_eq!(address(&found, Component::Telemetry).address, "10.0.0.7");
    let pilot = address(&found, Component::Pilot);
    assert_eq!(pilot.address, "10.0.0.5");
    assert_eq!(pilot.source.to_string(), "Pod istio-system/istio-pilot-old");
    assert_eq!((pilot.age, pilot.pod_ip), (Some(480), true));
    assert_eq!(
        pilot.others,
        ["10.0.0.6"],
        "a pod that is not ready has no address"
    );
    let keys: Vec<&str> = found.iter().map(|found| found.key).collect();
    assert_eq!(keys.len(), 5);
    assert!(keys.contains(&"global.proxy.envoyStatsd.host"));
}

#[test]
fn a_gateway_comes_before_a_load_balancer_before_a_pod() {
    let balancer = service(
        "istio-pilot",
        json!({"istio": "pilot"}),
        15010,
        "LoadBalancer",
        json!([{"ip": "203.0.113.9"}]),
    );
    let found = decided(
        IstioGeneration::Mixer,
        std::slice::from_ref(&balancer),
        &mixers(),
        now(),
    );
    let pilot = address(&found, Component::Pilot);
    assert_eq!(
        (pilot.address.as_str(), pilot.pod_ip),
        ("203.0.113.9", false)
    );
    let gateway = service(
        "istio-ilbgateway",
        json!({"istio": "ilbgateway"}),
        15011,
        "LoadBalancer",
        json!([{"ip": "10.99.0.3"}]),
    );
    let found = decided(
        IstioGeneration::Mixer,
        &[balancer, gateway],
        &mixers(),
        now(),
    );
    let pilot = address(&found, Component::Pilot);
    assert_eq!(pilot.source.name, "istio-ilbgateway");
    assert_eq!(pilot.others, ["203.0.113.9", "10.0.0.5", "10.0.0.6"]);
}

#[test]
fn a_gateway_without_the_discovery_port_is_no_route() {
    let gateway = service(
        "istio-eastwestgateway",
        json!({"istio": "eastwestgateway"}),
        15443,
        "LoadBalancer",
        json!([{"hostname": "east.example.test"}]),
    );
    let found = decided(IstioGeneration::Istiod, &[gateway], &[], now());
    let missing = outcome_of(&found, Component::Pilot);
    assert_eq!(*missing, Outcome::Missing(MissingReason::NothingThere));
}

#[test]
fn the_host_name_of_the_east_west_gateway_is_resolved_and_watched() {
    let gateway = service(
        "istio-eastwestgateway",
        json!({"istio": "eastwestgateway"}),
        15012,
        "LoadBalancer",
        json!([{"hostname": "east.example.test"}]),
    );
    let pod = pod("istiod-0", json!({"istio": "pilot"}), "10.0.0.5", 1, true);
    let found = |addresses: &[&str]| {
        let (services, pods) = (std::slice::from_ref(&gateway), std::slice::from_ref(&pod));
        resolved(IstioGeneration::Istiod, services, pods, addresses)
    };
    let now = found(&["10.9.0.1", "10.9.0.2"]);
    let pilot = address(&now, Component::Pilot);
    assert_eq!((pilot.address.as_str(), pilot.pod_ip), ("10.9.0.1", false));
    assert_eq!(pilot.host.as_deref(), Some("east.example.test"));
    assert_eq!(now.len(), 2, "Mixer is gone");
    let used = |address: &str| json!({"global": {"remotePilotAddress": address}});
    assert!(drift(&used("10.9.0.2"), &now).is_empty());
    let moved = found(&["10.9.0.7"]);
    let drifted = drift(&used("10.9.0.2"), &moved);
    assert_eq!(drifted[0].current.as_deref(), Some("10.9.0.7"));
    let drifted = drift(&used("east.example.test"), &moved);
    assert_eq!(drifted[0].current.as_deref(), Some("10.9.0.7"));

    let unresolved = found(&[]);
    let outcome = outcome_of(&unresolved, Component::Pilot);
    let is_unresolved = matches!(outcome, Outcome::Missing(MissingReason::Unresolved { .. }));
    assert!(is_unresolved, "no pod takes its place: {outcome:?}");
    assert!(drift(&used("10.9.0.2"), &unresolved).is_empty());
}

#[test]
fn a_public_address_is_exposed_without_a_source_range() {
    let gateway = service(
        "istio-eastwestgateway",
        json!({"istio": "eastwestgateway"}),
        15012,
        "LoadBalancer",
        json!([{"hostname": "east.example.test"}]),
    );
    let addresses = ["10.9.0.1", "203.0.113.7"];
    let found = resolved(IstioGeneration::Istiod, &[gateway], &[], &addresses);
    assert_eq!(address(&found, Component::Pilot).exposed, ["203.0.113.7"]);
}

#[test]
fn a_missing_address_has_a_reason() {
    let pending = service(
        "istio-ilbgateway",
        json!({"istio": "ilbgateway"}),
        15010,
        "LoadBalancer",
        json!([]),
    );
    let not_ready = pod(
        "istio-pilot-0",
        json!({"istio": "pilot"}),
        "10.0.0.4",
        0,
        false,
    );
    let cases: [(&[Object], &[Object], MissingReason); 3] = [
        (&[], &[], MissingReason::NothingThere),
        (
            std::slice::from_ref(&pending),
            &[],
            MissingReason::BalancerPending(pending.reference()),
        ),
        (&[], &[not_ready], MissingReason::NoPodReady { pods: 1 }),
    ];
    for (services, pods, reason) in cases {
        let found = decided(IstioGeneration::Mixer, services, pods, now());
        assert_eq!(
            *outcome_of(&found, Component::Pilot),
            Outcome::Missing(reason)
        );
        let zipkin = outcome_of(&found, Component::Zipkin);
        assert_eq!(*zipkin, Outcome::Missing(MissingReason::NothingThere));
    }
}

#[test]
fn an_address_drifts_when_it_is_no_current_address() {
    let found = decided(IstioGeneration::Mixer, &[], &mixers(), now());
    let values = |pilot: &str, statsd: bool| {
        json!({"global": {
            "remotePilotAddress": pilot,
            "remotePolicyAddress": "10.0.0.8",
            "remoteTelemetryAddress": "10.0.0.99",
            "remoteZipkinAddress": "",
            "proxy": {"envoyStatsd": {"enabled": statsd, "host": "10.0.0.77"}},
        }})
    };
    let keys = |values: &Value| -> Vec<Component> {
        drift(values, &found)
            .iter()
            .map(|drifted| drifted.component)
            .collect()
    };
    // The younger pod is as good as the oldest.
    assert_eq!(keys(&values("10.0.0.6", false)), [Component::Telemetry]);
    assert_eq!(
        keys(&values("10.0.0.4", true)),
        [Component::Pilot, Component::Telemetry, Component::Statsd]
    );
    assert_eq!(
        keys(&values("pilot.example.test", false)),
        [Component::Telemetry]
    );
    let drifted = drift(&values("10.0.0.4", true), &found);
    assert_eq!(drifted[0].current.as_deref(), Some("10.0.0.5"));
    assert_eq!(drifted[2].current, None, "no statsd bridge exists");
    assert!(drift(&json!({}), &found).is_empty());
}
