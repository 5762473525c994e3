//! The contract of the chart ack-istio-remote.

use crate::{ADDRESSES, at, built_in, counts, facts, has, object, ports, render, try_render};
use chart::Values;

#[test]
fn the_remote_chart_is_small() {
    let manifests = render("ack-istio-remote", ADDRESSES);
    let counts = counts(&manifests.objects);
    let expected = [
        ("ClusterRole", 2),
        ("ClusterRoleBinding", 2),
        ("ConfigMap", 2),
        ("Deployment", 2),
        ("EndpointSlice", 5),
        ("MutatingWebhookConfiguration", 1),
        ("Service", 7),
        ("ServiceAccount", 2),
    ];
    assert_eq!(counts, expected.into());
    assert_eq!(manifests.hooks.len(), 4);
}

#[test]
fn the_reader_belongs_to_the_join_and_not_to_the_chart() {
    let manifests = render("ack-istio-remote", ADDRESSES);
    let names = ["istio-multi", "istio-reader"];
    assert!(
        manifests
            .objects
            .iter()
            .all(|object| !names.contains(&object.name.as_str()))
    );
}

#[test]
fn without_pilots_address_there_is_one_clear_error() {
    let error = try_render("ack-istio-remote", "").unwrap_err();
    let message = error.detail();
    assert!(
        message.contains("global.remotePilotAddress is empty: give it the address of Pilot"),
        "{message}"
    );
}

#[test]
fn each_address_has_the_service_name_of_the_control_plane() {
    let manifests = render("ack-istio-remote", ADDRESSES);
    for (name, address, some_port) in [
        ("istio-pilot", "172.16.0.5", "15010 grpc-xds"),
        ("istio-policy", "172.16.0.6", "15004 grpc-mixer-mtls"),
        ("istio-telemetry", "172.16.0.7", "42422 prometheus"),
        ("zipkin", "172.16.0.8", "9411 http"),
        ("istio-statsd-prom-bridge", "172.16.0.9", "9125 statsd-udp"),
    ] {
        let service = object(&manifests, "Service", name);
        assert!(service.pointer("/spec/selector").is_none(), "{name}");
        let slice = object(&manifests, "EndpointSlice", name);
        assert_eq!(
            at(slice, "/metadata/labels/kubernetes.io~1service-name"),
            name
        );
        assert_eq!(at(slice, "/endpoints/0/addresses/0"), address);
        assert_eq!(ports(slice, "/ports"), ports(service, "/spec/ports"));
        assert!(
            ports(service, "/spec/ports")
                .iter()
                .any(|port| port == some_port),
            "{name}"
        );
    }
}

#[test]
fn an_old_cluster_gets_endpoints_because_istio_1_0_reads_nothing_else() {
    let facts = facts("ack-istio-remote", "v1.21.14", &[]);
    let chart = built_in("ack-istio-remote");
    let manifests = chart::render(&chart, &Values::parse(ADDRESSES).unwrap(), &facts).unwrap();
    assert!(!has(&manifests, "EndpointSlice", "istio-pilot"));
    let endpoints = object(&manifests, "Endpoints", "istio-pilot");
    assert_eq!(at(endpoints, "/subsets/0/addresses/0/ip"), "172.16.0.5");
}

#[test]
fn a_host_name_creates_no_service_and_is_used_directly() {
    let manifests = render(
        "ack-istio-remote",
        "global: {remotePilotAddress: pilot.example.com}",
    );
    assert!(!has(&manifests, "Service", "istio-pilot") && !has(&manifests, "Service", "zipkin"));
    let mesh = at(object(&manifests, "ConfigMap", "istio"), "/data/mesh");
    assert!(
        mesh.contains(r#"discoveryAddress: "pilot.example.com:15007""#),
        "{mesh}"
    );
}

#[test]
fn an_ipv6_address_is_in_brackets() {
    let manifests = render(
        "ack-istio-remote",
        "global: {remotePilotAddress: 'fd00::5'}",
    );
    let mesh = at(object(&manifests, "ConfigMap", "istio"), "/data/mesh");
    assert!(
        mesh.contains(r#"discoveryAddress: "[fd00::5]:15007""#),
        "{mesh}"
    );
    assert_eq!(
        at(
            object(&manifests, "EndpointSlice", "istio-pilot"),
            "/addressType"
        ),
        "IPv6"
    );
}

#[test]
fn pilot_can_be_dialled_by_its_service() {
    let by_name = "global: {remotePilotAddress: 172.16.0.5, remotePilotCreateSvcEndpoint: true}";
    let manifests = render("ack-istio-remote", by_name);
    let mesh = at(object(&manifests, "ConfigMap", "istio"), "/data/mesh");
    assert!(
        mesh.contains(r#"discoveryAddress: "istio-pilot.istio-system:15007""#),
        "{mesh}"
    );
    let name =
        "global: {remotePilotAddress: pilot.example.com, remotePilotCreateSvcEndpoint: true}";
    let message = try_render("ack-istio-remote", name).unwrap_err().detail();
    assert!(
        message.contains("needs an IP in global.remotePilotAddress"),
        "{message}"
    );
}

#[test]
fn sidecars_send_traces_and_numbers_only_where_there_is_somebody_to_take_them() {
    let config = |values: &str| {
        let manifests = render("ack-istio-remote", values);
        at(
            object(&manifests, "ConfigMap", "istio-sidecar-injector"),
            "/data/config",
        )
    };
    let full = config(ADDRESSES);
    assert!(
        full.contains(r#""172.16.0.8:9411""#) && !full.contains("--statsdUdpAddress"),
        "{full}"
    );
    let bare = config("global: {remotePilotAddress: 172.16.0.5}");
    assert!(!bare.contains("--zipkinAddress"), "{bare}");
}

#[test]
fn the_mesh_configuration_has_the_remote_addresses() {
    let manifests = render("ack-istio-remote", ADDRESSES);
    let mesh = at(object(&manifests, "ConfigMap", "istio"), "/data/mesh");
    for line in [
        r#"mixerCheckServer: "172.16.0.6:15004""#,
        r#"mixerReportServer: "172.16.0.7:15004""#,
        r#"  zipkinAddress: "172.16.0.8:9411""#,
        r#"  discoveryAddress: "172.16.0.5:15007""#,
    ] {
        assert!(mesh.lines().any(|found| found == line), "{line}");
    }
}
