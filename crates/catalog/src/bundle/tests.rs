//! Bundles as data: which parts are installed with which values.

use super::{istio::BUNDLES, *};
use crate::{Catalog, builtin};
use chart::Values;
use serde_json::json;
use wire::{ChartName, ChartRef, Repository};

fn bundle(card: &str) -> &'static Bundle {
    let mut bundles = BUNDLES.iter();
    bundles
        .find(|bundle| bundle.card == card)
        .expect("a bundle")
}

/// The parts with the default parameters and these.
fn releases(card: &str, text: &str) -> Vec<PartRelease> {
    let chart = builtin::bundle_chart(card, "1.31.1").expect("a chart");
    let defaults = Values::parse(chart.values_text()).expect("default values");
    let own = Values::parse(text).expect("values");
    bundle(card).releases(&defaults.merge(&own).to_json())
}

fn values(card: &str, text: &str, release: &str) -> Value {
    let found = releases(card, text)
        .into_iter()
        .find(|part| part.release == release);
    found.expect("the part is installed").values
}

fn names(parts: &[PartRelease]) -> Vec<&str> {
    parts.iter().map(|part| part.release).collect()
}

#[test]
fn parameters_select_the_gateways_of_the_primary() {
    let parts = releases("ack-istio", "");
    assert_eq!(
        names(&parts),
        ["istio-base", "istiod", "istio-ingressgateway"]
    );
    let starts: Vec<_> = parts.iter().map(|part| part.starts_after).collect();
    assert_eq!(starts, [None, None, Some(StartCondition::InjectionWebhook)]);
    let text =
        "gateways: {istio-ilbgateway: {enabled: true}, istio-ingressgateway: {enabled: false}}";
    let parts = releases("ack-istio", text);
    assert_eq!(
        names(&parts),
        [
            "istio-base",
            "istiod",
            "istio-eastwestgateway",
            "expose-istiod"
        ]
    );
}

#[test]
fn each_part_gets_its_own_values_of_one_text() {
    let text = "
revision: canary
global: {meshID: shop, network: blue, multiCluster: {clusterName: east}, proxy: {accessLogFile: /dev/stdout}}
meshConfig: {trustDomain: shop.example}
pilot: {resources: {requests: {cpu: 100m}}}
gateways: {istio-ilbgateway: {enabled: true, serviceAnnotations: {internal: 'true'}}}
charts: {istiod: {env: {PILOT_TRACE_SAMPLING: '5'}, global: {hub: registry.example/istio}}}";
    assert_eq!(
        values("ack-istio", text, "istio-base"),
        json!({"defaultRevision": "canary", "global": {"externalIstiod": true}})
    );
    let istiod = values("ack-istio", text, "istiod");
    assert_eq!(istiod["revision"], "canary");
    assert_eq!(istiod["meshConfig"]["trustDomain"], "shop.example");
    assert_eq!(istiod["meshConfig"]["accessLogFile"], "/dev/stdout");
    assert_eq!(istiod["global"]["multiCluster"]["clusterName"], "east");
    assert_eq!(istiod["resources"]["requests"]["cpu"], "100m");
    assert_eq!(istiod["env"]["PILOT_TRACE_SAMPLING"], "5");
    let hub = &istiod["global"]["hub"];
    assert_eq!(
        hub, "registry.example/istio",
        "what the operator passes to the chart wins"
    );
    let gateway = values("ack-istio", text, "istio-eastwestgateway");
    assert_eq!(gateway["networkGateway"], "blue");
    assert_eq!(
        gateway["service"]["annotations"],
        json!({"internal": "true"})
    );
    assert!(
        gateway["service"].get("ports").is_none(),
        "the chart knows the ports of a network gateway"
    );
}

#[test]
fn a_mesh_with_one_network_has_an_east_west_gateway_for_istiod_only() {
    let text = "gateways: {istio-ilbgateway: {enabled: true}}";
    let gateway = values("ack-istio", text, "istio-eastwestgateway");
    let ports = gateway["service"]["ports"].as_array().expect("ports");
    let ports: Vec<_> = ports.iter().map(|port| port["port"].as_u64()).collect();
    assert_eq!(ports, [Some(15021), Some(15012), Some(15017)]);
    assert!(gateway.get("networkGateway").is_none());
}

#[test]
fn a_remote_has_the_profile_and_the_injection_path_of_its_cluster() {
    let text =
        "global: {remotePilotAddress: 10.1.1.1, network: blue, multiCluster: {clusterName: west}}";
    let istiod = values("ack-istio-remote", text, "istiod");
    assert_eq!(istiod["profile"], "remote");
    assert_eq!(istiod["global"]["remotePilotAddress"], "10.1.1.1");
    assert_eq!(
        istiod["istiodRemote"]["injectionPath"],
        "/inject/cluster/west/net/blue"
    );
    let parts = releases("ack-istio-remote", text);
    assert_eq!(names(&parts), ["istio-base", "istiod"]);
    let zipkin = format!("{text}\n").replace("network", "remoteZipkinAddress: 10.1.1.2, network");
    let zipkin = values("ack-istio-remote", &zipkin, "istio-remote-zipkin");
    assert_eq!(zipkin, json!({"address": "10.1.1.2"}));
}

#[test]
fn removed_parameters_are_in_the_form_with_their_replacement() {
    for bundle in BUNDLES {
        let chart = builtin::bundle_chart(bundle.card, "1.31.1").expect("a chart");
        let schema: Value =
            serde_json::from_str(chart.schema_text().expect("a schema")).expect("JSON");
        for path in bundle.removed_parameters {
            let pointer = format!("/properties/{}", path.replace('.', "/properties/"));
            let field = schema.pointer(&pointer).expect(path);
            let description = field["description"].as_str().expect("a description");
            assert!(
                description.starts_with("Removed with Mixer"),
                "{path}: {description}"
            );
        }
        let set =
            json!({"global": {"remotePolicyAddress": "10.1.1.1", "disablePolicyChecks": true}});
        assert_eq!(bundle.removed_in(&set).len(), 1, "{}", bundle.card);
    }
}

fn card(version: &str) -> ChartRef {
    ChartRef {
        repository: Repository::new("built-in").expect("a name"),
        chart: ChartName::new("ack-istio").expect("a name"),
        version: version.to_owned(),
    }
}

#[tokio::test]
async fn a_card_is_a_chart_in_each_known_version_of_istio() {
    let catalog = Catalog::built_in().expect("a catalog");
    let opened = catalog.chart(&card("1.30.5")).await.expect("a chart");
    assert_eq!(opened.chart.metadata().app_version, "1.30.5");
    assert!(catalog.bundle(&card("1.0.0")).expect("a chart").is_none());
    for unknown in ["1.29.8", "1.32.0", "2.0.0", "latest"] {
        let error = catalog
            .chart(&card(unknown))
            .await
            .map(|_| ())
            .expect_err(unknown);
        let text = error.to_string();
        assert_eq!(
            text,
            format!("the charts of Istio {unknown} are not known, only those of 1.30, 1.31")
        );
    }
}

#[test]
fn without_a_repository_the_error_names_the_archives_to_upload() {
    let catalog = Catalog::built_in().expect("a catalog");
    let remote = bundle("ack-istio-remote");
    let error = catalog.part_chart(remote, &remote.parts[0], "1.31.1");
    let crate::Error::NoIstioCharts { files, .. } = error.expect_err("no chart") else {
        panic!("another error");
    };
    assert_eq!(files, "base-1.31.1.tgz, istiod-1.31.1.tgz");
    let own = catalog.part_chart(remote, &remote.parts[2], "1.31.1");
    assert_eq!(
        own.expect("a chart").to_string(),
        "built-in/istio-remote-zipkin 1.0.0"
    );
}
