//! The contract of the chart ack-istio.

use crate::{ILB, at, built_in, counts, facts, has, object, ports, render};
use chart::{DeletePolicy, HookEvent, Values};
use serde_json::Value as Json;

#[test]
fn a_default_install_has_every_component_with_its_name() {
    let manifests = render("ack-istio", "");
    for object in &manifests.objects {
        assert!(
            !object.kind.is_empty() && !object.name.is_empty(),
            "{}",
            object.text
        );
    }
    let counts = counts(&manifests.objects);
    let count = |kind: &str| counts.get(kind).copied().unwrap_or_default();
    assert_eq!(
        (
            count("Deployment"),
            count("Service"),
            count("ServiceAccount")
        ),
        (11, 15, 8)
    );
    assert_eq!(
        (
            count("ClusterRole"),
            count("ClusterRoleBinding"),
            count("ConfigMap")
        ),
        (8, 8, 5)
    );
    assert_eq!(
        (
            count("HorizontalPodAutoscaler"),
            count("MutatingWebhookConfiguration")
        ),
        (5, 1)
    );
    assert_eq!(
        (
            count("DestinationRule"),
            count("MeshPolicy"),
            count("Gateway")
        ),
        (2, 1, 0)
    );
    assert_eq!(
        (
            count("attributemanifest"),
            count("logentry"),
            count("metric"),
            count("rule")
        ),
        (2, 2, 6, 6)
    );
    assert_eq!(
        (
            count("stdio"),
            count("prometheus"),
            count("kubernetesenv"),
            count("kubernetes")
        ),
        (1, 1, 1, 1)
    );
    assert_eq!(manifests.objects.len(), 84);
    assert!(manifests.warnings.is_empty());
}

#[test]
fn object_names_do_not_depend_on_the_release_name() {
    let facts = facts("another", "v1.36.3", &["autoscaling/v2", "policy/v1"]);
    let manifests = chart::render(&built_in("ack-istio"), &Values::empty(), &facts).unwrap();
    assert!(has(&manifests, "Deployment", "istio-pilot"));
    assert!(
        manifests
            .objects
            .iter()
            .all(|object| !object.name.contains("another"))
    );
}

#[test]
fn pilot_answers_on_its_four_ports() {
    let manifests = render("ack-istio", "");
    let service = object(&manifests, "Service", "istio-pilot");
    let expected = [
        "15010 grpc-xds",
        "15011 https-xds",
        "8080 http-legacy-discovery",
        "9093 http-monitoring",
    ];
    assert_eq!(ports(service, "/spec/ports"), expected);
    let discovery =
        object(&manifests, "Deployment", "istio-pilot").pointer("/spec/template/spec/containers/0");
    let discovery = discovery.unwrap();
    assert_eq!(at(discovery, "/image"), "docker.io/istio/pilot:1.0.0");
    assert_eq!(
        at(discovery, "/readinessProbe/httpGet"),
        r#"{"path":"/debug/endpointz","port":8080}"#
    );
    assert_eq!(
        at(discovery, "/resources/requests"),
        r#"{"cpu":"500m","memory":"2048Mi"}"#
    );
}

#[test]
fn policy_and_telemetry_are_distinct() {
    let manifests = render("ack-istio", "");
    for part in ["policy", "telemetry"] {
        let name = format!("istio-{part}");
        let deployment = object(&manifests, "Deployment", &name);
        let labels = deployment
            .pointer("/spec/template/metadata/labels")
            .unwrap();
        assert_eq!(at(labels, "/istio-mixer-type"), part);
        assert_eq!(
            (at(labels, "/istio").as_str(), at(labels, "/app").as_str()),
            ("mixer", part)
        );
        let service = object(&manifests, "Service", &name);
        assert_eq!(at(service, "/spec/selector/istio-mixer-type"), part);
    }
}

#[test]
fn every_service_finds_the_pods_of_one_deployment() {
    let manifests = render("ack-istio", ILB);
    let of = |kind: &str| {
        manifests
            .objects
            .iter()
            .filter(move |object| object.kind == kind)
            .collect::<Vec<_>>()
    };
    for service in of("Service") {
        let wanted = service
            .object
            .pointer("/spec/selector")
            .and_then(Json::as_object)
            .unwrap();
        let found = of("Deployment").into_iter().filter(|deployment| {
            let labels = deployment
                .object
                .pointer("/spec/template/metadata/labels")
                .unwrap();
            wanted
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value))
        });
        assert_eq!(found.count(), 1, "Service {}", service.name);
    }
    for deployment in of("Deployment") {
        let labels = deployment
            .object
            .pointer("/spec/template/metadata/labels")
            .unwrap();
        let selector = deployment
            .object
            .pointer("/spec/selector/matchLabels")
            .and_then(Json::as_object)
            .unwrap();
        assert!(
            selector
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value)),
            "{}",
            deployment.name
        );
        let inject = "/spec/template/metadata/annotations/sidecar.istio.io~1inject";
        assert_eq!(
            at(&deployment.object, inject),
            "false",
            "{}",
            deployment.name
        );
    }
}

#[test]
fn every_referenced_account_and_role_exists() {
    let manifests = render("ack-istio", ILB);
    for manifest in &manifests.objects {
        if manifest.kind == "ClusterRoleBinding" {
            assert!(
                has(
                    &manifests,
                    "ClusterRole",
                    &at(&manifest.object, "/roleRef/name")
                ),
                "{}",
                manifest.name
            );
            assert!(
                has(
                    &manifests,
                    "ServiceAccount",
                    &at(&manifest.object, "/subjects/0/name")
                ),
                "{}",
                manifest.name
            );
        }
        let account = at(&manifest.object, "/spec/template/spec/serviceAccountName");
        assert!(
            account.is_empty() || has(&manifests, "ServiceAccount", &account),
            "{}",
            manifest.name
        );
    }
}

#[test]
fn the_internal_gateway_is_disabled_by_default() {
    let manifests = render("ack-istio", "");
    assert!(!has(&manifests, "Deployment", "istio-ilbgateway"));
    assert!(!has(&manifests, "Gateway", "meshexpansion-ilb-gateway"));
}

#[test]
fn the_internal_gateway_alone_carries_pilot_citadel_and_names() {
    let manifests = render("ack-istio", ILB);
    assert_eq!(
        manifests.objects.len(),
        render("ack-istio", "").objects.len() + 10
    );
    let service = object(&manifests, "Service", "istio-ilbgateway");
    let offered = [
        "15011 grpc-pilot-mtls",
        "15010 grpc-pilot",
        "8060 tcp-citadel-grpc-tls",
        "5353 tcp-dns",
    ];
    assert_eq!(ports(service, "/spec/ports"), offered);
    assert_eq!(at(service, "/spec/type"), "LoadBalancer");
    let gateway = object(&manifests, "Gateway", "meshexpansion-ilb-gateway");
    assert_eq!(at(gateway, "/spec/selector/istio"), "ilbgateway");
    let servers = gateway
        .pointer("/spec/servers")
        .and_then(Json::as_array)
        .unwrap();
    let open: Vec<String> = servers
        .iter()
        .map(|server| at(server, "/port/number"))
        .collect();
    assert_eq!(open, ["15010", "15011", "8060", "5353"]);
    let mut routed = Vec::new();
    for routes in manifests
        .objects
        .iter()
        .filter(|object| object.kind == "VirtualService")
    {
        assert_eq!(
            at(&routes.object, "/spec/gateways/0"),
            "meshexpansion-ilb-gateway"
        );
        for route in routes
            .object
            .pointer("/spec/tcp")
            .and_then(Json::as_array)
            .unwrap()
        {
            let host = at(route, "/route/0/destination/host");
            let to = at(route, "/route/0/destination/port/number");
            routed.push(format!("{} {host}:{to}", at(route, "/match/0/port")));
        }
    }
    let expected = [
        "15010 istio-pilot.istio-system.svc.cluster.local:15010",
        "15011 istio-pilot.istio-system.svc.cluster.local:15011",
        "5353 kube-dns.kube-system.svc.cluster.local:53",
        "8060 istio-citadel.istio-system.svc.cluster.local:8060",
    ];
    routed.sort();
    assert_eq!(routed, expected);
    let requests = "/spec/template/spec/containers/0/resources/requests";
    let deployment = object(&manifests, "Deployment", "istio-ilbgateway");
    assert_eq!(
        at(deployment, requests),
        r#"{"cpu":"800m","memory":"512Mi"}"#
    );
}

#[test]
fn the_mesh_configuration_has_every_address() {
    let mesh = |values: &str| {
        at(
            object(&render("ack-istio", values), "ConfigMap", "istio"),
            "/data/mesh",
        )
    };
    let plain = mesh("");
    for line in [
        "mixerCheckServer: istio-policy.istio-system.svc.cluster.local:9091",
        "mixerReportServer: istio-telemetry.istio-system.svc.cluster.local:9091",
        "  zipkinAddress: zipkin.istio-system:9411",
        "  statsdUdpAddress: istio-statsd-prom-bridge.istio-system:9125",
        "  controlPlaneAuthPolicy: NONE",
        "  discoveryAddress: istio-pilot.istio-system:15007",
    ] {
        assert!(plain.lines().any(|found| found == line), "{line}");
    }
    let secure = mesh("global: {controlPlaneSecurityEnabled: true}");
    for line in [
        "  controlPlaneAuthPolicy: MUTUAL_TLS",
        "  discoveryAddress: istio-pilot.istio-system:15005",
    ] {
        assert!(secure.lines().any(|found| found == line), "{line}");
    }
}

#[test]
fn an_older_cluster_gets_the_versions_it_serves() {
    let facts = facts(
        "ack-istio",
        "v1.21.14",
        &["autoscaling/v1", "policy/v1beta1"],
    );
    let values = Values::parse("global: {defaultPodDisruptionBudget: {enabled: true}}").unwrap();
    let manifests = chart::render(&built_in("ack-istio"), &values, &facts).unwrap();
    for manifest in &manifests.objects {
        match manifest.kind.as_str() {
            "HorizontalPodAutoscaler" => assert_eq!(manifest.api_version, "autoscaling/v1"),
            "PodDisruptionBudget" => assert_eq!(manifest.api_version, "policy/v1beta1"),
            _ => {}
        }
    }
    assert!(!manifests.notes.unwrap().contains("newest"));
}

#[test]
fn the_cleanup_hooks_run_after_the_deletion_in_their_order() {
    let hooks = render("ack-istio", "").hooks;
    let order: Vec<(&str, i32)> = hooks
        .iter()
        .map(|hook| (hook.manifest.kind.as_str(), hook.weight))
        .collect();
    let expected = [
        ("ServiceAccount", 1),
        ("ClusterRole", 1),
        ("ClusterRoleBinding", 2),
        ("Job", 3),
    ];
    assert_eq!(order, expected);
    for hook in hooks {
        assert_eq!(hook.events, [HookEvent::PostDelete]);
        assert_eq!(
            hook.delete_policies,
            [DeletePolicy::BeforeCreation, DeletePolicy::Succeeded]
        );
    }
    assert!(
        render("ack-istio", "security: {cleanupSecrets: false}")
            .hooks
            .is_empty()
    );
}

#[test]
fn the_notes_say_where_the_five_addresses_are() {
    let notes = render("ack-istio", ILB).notes.unwrap();
    for word in [
        "istio-ilbgateway",
        "istio-mixer-type=policy",
        "istio-mixer-type=telemetry",
        "statsd-prom-bridge",
        "app=jaeger",
    ] {
        assert!(notes.contains(word), "{word}");
    }
    assert!(notes.contains("runs Kubernetes v1.36.3"));
}
