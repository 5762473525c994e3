//! Bundles against Istio's own charts: what they render with the values of the parameters, and where they come
//! from.

use crate::{
    ILB, at,
    fixture::{archive, catalog, index, push, reference, row, tags},
    has,
    istio_charts::IstioCharts,
    object, ports,
    site::{Reply, Site},
};
use catalog::{
    Address, BUILT_IN, Bundle, BundleVersion, Catalog, Digest, Entry, Error, ISTIO_CHARTS,
    PartChart, PartRelease, Transport, Upload,
};
use chart::{Chart, Manifests, Values};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use wire::ChartRef;

const VERSION: &str = "1.31.1";
/// The main branch of Istio on 2026-04-23, soon after the branch of 1.30 had left it.
const MODULE_OF_1_30: &str = "istio.io/istio@v0.0.0-20260423205519-b01690e6db7d";

/// Istio's own charts of a minor.
pub(crate) struct Minor {
    charts: IstioCharts,
    /// The release that they are packed as.
    pub(crate) version: &'static str,
}

/// The charts of both minors that bundles know, where Go can provide them.
pub(crate) fn both_minors(test: &str) -> Vec<Minor> {
    let charts = [
        (IstioCharts::find(test), VERSION),
        (IstioCharts::of_module(test, MODULE_OF_1_30), "1.30.4"),
    ];
    let found = charts.into_iter().filter_map(|(charts, version)| {
        let charts = charts?;
        Some(Minor { charts, version })
    });
    found.collect()
}

fn card(name: &str) -> ChartRef {
    card_of(name, VERSION)
}

fn card_of(name: &str, version: &str) -> ChartRef {
    reference(BUILT_IN, name, version)
}

fn bundle(catalog: &Catalog, name: &str) -> &'static Bundle {
    catalog.bundle(&card(name)).unwrap().unwrap()
}

/// The versions that a card offers.
fn versions(catalog: &Catalog, name: &str) -> Vec<String> {
    let versions = catalog.bundle_versions(&name.parse().unwrap()).into_iter();
    versions
        .map(|BundleVersion { version, .. }| version)
        .collect()
}

/// Puts charts of these names in these versions into a repository.
fn stock(site: &Site, charts: &[(&str, &[&str])]) {
    let mut rows = String::new();
    for (name, versions) in charts {
        for version in *versions {
            let packed = archive(name, version);
            let url = format!("{name}-{version}.tgz");
            let line = row(name, version, &url, Digest::of(&packed).hex());
            let is_first = *version == versions[0];
            rows.push_str(if is_first {
                &line
            } else {
                line.split_once('\n').unwrap().1
            });
            site.put(&format!("/{url}"), Reply::of(packed));
        }
    }
    site.put("/index.yaml", Reply::of(index(&rows)));
}

fn set_istio_charts(catalog: &Catalog, address: &str) {
    let address = Address::parse(address, Transport::Plain).unwrap();
    catalog.set_istio_charts(address).unwrap();
}

const TIMEOUT: Duration = Duration::from_secs(5);

/// A part of a bundle with Istio's own chart, and the values that the parameters give it.
pub(crate) struct Part {
    /// The name of its release.
    pub(crate) release: &'static str,
    /// The archive of its chart.
    pub(crate) archive: Vec<u8>,
    /// Its values.
    pub(crate) values: Values,
}

impl Part {
    /// What it renders.
    pub(crate) fn manifests(&self) -> Manifests {
        let limits = chart::ArchiveLimits::default();
        let chart = Chart::from_archive(&self.archive, &limits).unwrap();
        let facts = crate::facts(self.release, "v1.36.3", &["autoscaling/v2", "policy/v1"]);
        chart::render(&chart, &self.values, &facts).unwrap()
    }
}

/// The parts of a bundle with Istio's own charts, with these parameters.
pub(crate) async fn parts(minor: &Minor, name: &str, text: &str) -> Vec<Part> {
    let catalog = Catalog::built_in().unwrap();
    let card = card_of(name, minor.version);
    let opened = catalog.chart(&card).await.unwrap();
    let defaults = Values::parse(opened.chart.values_text()).unwrap();
    let parameters = defaults.merge(&Values::parse(text).unwrap());
    let bundle = catalog.bundle(&card).unwrap().unwrap();
    let part = |release: &PartRelease| {
        let part = bundle.part(release.release).unwrap();
        matches!(part.chart, PartChart::Istio(_)).then(|| Part {
            release: release.release,
            archive: minor.charts.archive(part.chart.name(), minor.version),
            values: Values::from_json(&release.values),
        })
    };
    let releases = bundle.releases(&parameters.to_json());
    releases.iter().filter_map(part).collect()
}

/// What each release of a bundle renders, with these parameters.
async fn rendered(minor: &Minor, name: &str, text: &str) -> BTreeMap<&'static str, Manifests> {
    let parts = parts(minor, name, text).await;
    let rendered = parts.iter().map(|part| (part.release, part.manifests()));
    rendered.collect()
}

/// The value of an environment variable of the first container.
fn variable(deployment: &serde_json::Value, name: &str) -> String {
    let variables = deployment
        .pointer("/spec/template/spec/containers/0/env")
        .unwrap();
    let mut variables = variables.as_array().unwrap().iter();
    at(
        variables.find(|variable| variable["name"] == name).unwrap(),
        "/value",
    )
}

#[tokio::test]
async fn parameters_reach_istiod_and_its_gateways() {
    for minor in both_minors("parameters_reach_istiod_and_its_gateways") {
        control_plane_has_its_parameters(&minor).await;
    }
}

async fn control_plane_has_its_parameters(minor: &Minor) {
    let text = "
global: {hub: registry.example/istio, meshID: shop, network: blue, multiCluster: {clusterName: east}, proxy: {accessLogFile: /dev/stdout}}
meshConfig: {trustDomain: shop.example}
pilot: {resources: {requests: {cpu: 123m}}}
gateways: {istio-ilbgateway: {enabled: true, loadBalancerSourceRanges: [10.0.0.0/8], serviceAnnotations: {internal: 'true'}}}";
    let rendered = rendered(minor, "ack-istio", text).await;
    let releases: Vec<&str> = rendered.keys().copied().collect();
    assert_eq!(
        releases,
        [
            "istio-base",
            "istio-eastwestgateway",
            "istio-ingressgateway",
            "istiod"
        ]
    );
    let istiod = object(&rendered["istiod"], "Deployment", "istiod");
    assert_eq!(variable(istiod, "CLUSTER_ID"), "east");
    let container = "/spec/template/spec/containers/0";
    assert_eq!(
        at(istiod, &format!("{container}/image")),
        format!("registry.example/istio/pilot:{}", minor.version)
    );
    assert_eq!(
        at(istiod, &format!("{container}/resources/requests/cpu")),
        "123m"
    );
    let mesh = at(
        object(&rendered["istiod"], "ConfigMap", "istio"),
        "/data/mesh",
    );
    for line in [
        "trustDomain: shop.example",
        "accessLogFile: /dev/stdout",
        "meshId: shop",
    ] {
        assert!(mesh.contains(line), "{line} in {mesh}");
    }
    let injector = object(&rendered["istiod"], "ConfigMap", "istio-sidecar-injector");
    assert!(at(injector, "/data/values").contains("\"network\": \"blue\""));
    assert_eq!(variable(istiod, "EXTERNAL_ISTIOD"), "true");

    let gateway = &rendered["istio-eastwestgateway"];
    let service = object(gateway, "Service", "istio-eastwestgateway");
    assert_eq!(
        ports(service, "/spec/ports"),
        [
            "15021 status-port",
            "15443 tls",
            "15012 tls-istiod",
            "15017 tls-webhook"
        ]
    );
    assert_eq!(
        at(service, "/metadata/labels/topology.istio.io~1network"),
        "blue"
    );
    assert_eq!(at(service, "/metadata/annotations/internal"), "true");
    assert_eq!(
        at(service, "/spec/loadBalancerSourceRanges/0"),
        "10.0.0.0/8"
    );
    assert_eq!(at(service, "/spec/selector/istio"), "eastwestgateway");
    let ingress = object(
        &rendered["istio-ingressgateway"],
        "Service",
        "istio-ingressgateway",
    );
    assert_eq!(at(ingress, "/spec/selector/istio"), "ingressgateway");
    assert!(has(
        &rendered["istio-base"],
        "ServiceAccount",
        "istio-reader-service-account"
    ));
}

#[tokio::test]
async fn a_remote_is_led_by_the_istiod_of_its_primary() {
    for minor in both_minors("a_remote_is_led_by_the_istiod_of_its_primary") {
        remote_is_led(&minor).await;
    }
}

async fn remote_is_led(minor: &Minor) {
    let text =
        "global: {remotePilotAddress: 10.1.2.3, network: blue, multiCluster: {clusterName: west}}";
    let rendered = rendered(minor, "ack-istio-remote", text).await;
    let istiod = &rendered["istiod"];
    let kinds: BTreeSet<&str> = istiod
        .objects
        .iter()
        .map(|object| object.kind.as_str())
        // Documents of comments only.
        .filter(|kind| !kind.is_empty())
        .collect();
    let expected = [
        "ClusterRole",
        "ClusterRoleBinding",
        "ConfigMap",
        "EndpointSlice",
        "MutatingWebhookConfiguration",
        "Service",
    ];
    assert_eq!(
        kinds,
        expected.into(),
        "no Deployment, no mesh configuration"
    );
    let slice = istiod
        .objects
        .iter()
        .find(|object| object.kind == "EndpointSlice")
        .unwrap();
    assert_eq!(at(&slice.object, "/endpoints/0/addresses/0"), "10.1.2.3");
    let webhook = object(
        istiod,
        "MutatingWebhookConfiguration",
        "istio-sidecar-injector",
    );
    assert_eq!(
        at(webhook, "/webhooks/0/clientConfig/service/path"),
        "/inject/cluster/west/net/blue"
    );
    assert!(has(
        istiod,
        "ClusterRole",
        "istio-reader-clusterrole-istio-system"
    ));
}

#[tokio::test]
async fn a_mesh_with_one_network_has_a_gateway_for_istiod() {
    for minor in both_minors("a_mesh_with_one_network_has_a_gateway_for_istiod") {
        let rendered = rendered(&minor, "ack-istio", ILB).await;
        let gateway = &rendered["istio-eastwestgateway"];
        let service = object(gateway, "Service", "istio-eastwestgateway");
        assert_eq!(
            ports(service, "/spec/ports"),
            ["15021 status-port", "15012 tls-istiod", "15017 tls-webhook"]
        );
    }
}

#[tokio::test]
async fn a_card_offers_the_versions_of_which_the_repository_has_every_chart() {
    let site = Site::plain().await;
    let (both, newer) = (
        ["1.31.1", "1.30.5"],
        [
            "1.32.0",
            "1.31.2",
            "1.31.1",
            "1.31.0-rc.0",
            "1.30.5",
            "1.29.8",
        ],
    );
    stock(
        &site,
        &[("base", &newer), ("istiod", &newer), ("gateway", &both)],
    );
    let catalog = catalog();
    set_istio_charts(&catalog, &format!("http://{}", site.host()));
    assert_eq!(
        versions(&catalog, "ack-istio"),
        Vec::<String>::new(),
        "nothing is read yet"
    );
    assert!(catalog.read_istio_charts(TIMEOUT).await.is_none());
    assert_eq!(
        versions(&catalog, "ack-istio"),
        both,
        "1.31.2 has no gateway"
    );
    assert_eq!(
        versions(&catalog, "ack-istio-remote"),
        ["1.31.2", "1.31.1", "1.30.5"]
    );
    assert_eq!(versions(&catalog, "bookinfo"), Vec::<String>::new());

    let remote = bundle(&catalog, "ack-istio-remote");
    let part = catalog
        .part_chart(remote, &remote.parts[1], VERSION)
        .unwrap();
    assert_eq!(part.to_string(), format!("{ISTIO_CHARTS}/istiod {VERSION}"));
    let opened = catalog.chart(&part).await.unwrap();
    assert_eq!(opened.digest, Some(Digest::of(&archive("istiod", VERSION))));
    let listings = catalog.cached_listings();
    assert!(
        listings
            .iter()
            .all(|listing| listing.repository.as_str() != ISTIO_CHARTS)
    );
}

#[tokio::test]
async fn the_charts_of_a_registry_without_a_catalog_are_found_by_their_names() {
    let site = Site::plain().await;
    for name in ["base", "istiod", "gateway"] {
        push(&site, &format!("release/charts/{name}"), name, VERSION);
        tags(&site, &format!("release/charts/{name}"), &[VERSION]);
    }
    let catalog = catalog();
    set_istio_charts(&catalog, &format!("oci://{}/release/charts", site.host()));
    assert!(catalog.read_istio_charts(TIMEOUT).await.is_none());
    assert_eq!(versions(&catalog, "ack-istio"), [VERSION]);
    let primary = bundle(&catalog, "ack-istio");
    let part = catalog
        .part_chart(primary, &primary.parts[0], VERSION)
        .unwrap();
    assert_eq!(catalog.chart(&part).await.unwrap().chart.name(), "base");
}

#[tokio::test]
async fn uploaded_charts_take_the_place_of_a_repository() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog();
    let upload = |name: &str| {
        let packed = archive(name, VERSION);
        let file = folder.path().join(format!("{name}.tgz"));
        std::fs::write(&file, &packed).unwrap();
        catalog.add_upload(Upload {
            chart: reference("uploaded", name, VERSION),
            entry: Entry {
                version: VERSION.to_owned(),
                ..Entry::default()
            },
            digest: Digest::of(&packed),
            file,
        });
    };
    upload("base");
    let remote = bundle(&catalog, "ack-istio-remote");
    let missing = catalog.part_chart(remote, &remote.parts[0], VERSION);
    assert!(matches!(missing, Err(Error::NoIstioCharts { .. })));
    upload("istiod");
    assert_eq!(versions(&catalog, "ack-istio-remote"), [VERSION]);
    let part = catalog
        .part_chart(remote, &remote.parts[0], VERSION)
        .unwrap();
    assert_eq!(part.to_string(), format!("uploaded/base {VERSION}"));
    assert_eq!(catalog.chart(&part).await.unwrap().chart.name(), "base");
}

#[tokio::test]
async fn a_repository_that_does_not_answer_or_has_another_archive_is_an_error() {
    let site = Site::plain().await;
    stock(&site, &[("base", &[VERSION]), ("istiod", &[VERSION])]);
    site.put(
        &format!("/base-{VERSION}.tgz"),
        Reply::of(archive("base", "1.31.0")),
    );
    let catalog = catalog();
    set_istio_charts(&catalog, &format!("http://{}", site.host()));
    let remote = bundle(&catalog, "ack-istio-remote");
    let part = catalog
        .part_chart(remote, &remote.parts[0], VERSION)
        .unwrap();
    let error = catalog.chart(&part).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error}");

    let catalog = crate::fixture::catalog();
    set_istio_charts(&catalog, "http://127.0.0.1:9");
    let problem = catalog.read_istio_charts(TIMEOUT).await.unwrap();
    assert!(matches!(*problem, Error::Fetch { .. }), "{problem}");
    let part = catalog
        .part_chart(remote, &remote.parts[0], VERSION)
        .unwrap();
    let error = catalog.chart(&part).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Unread { .. }), "{error}");
}

#[test]
fn the_forms_of_istios_charts_have_the_paths_that_a_user_sets() {
    let test = "the_forms_of_istios_charts_have_the_paths_that_a_user_sets";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let default = |name: &str, text: &str, path: &str| {
        let archive = charts.archive(name, VERSION);
        let chart = Chart::from_archive(&archive, &chart::ArchiveLimits::default()).unwrap();
        let budget = chart::Budget::new(chart::Limits::default());
        let fields = chart::form(&chart, text, &budget).unwrap().fields;
        let internal = fields.iter().find(|field| field.path[0].starts_with('_'));
        assert_eq!(internal, None, "{name}");
        let mut paths = fields
            .into_iter()
            .map(|field| (field.path.join("."), field.default));
        let found = paths.find(|(known, _)| known == path);
        found
            .unwrap_or_else(|| panic!("{name} has no field {path}"))
            .1
            .unwrap()
    };
    let text = |text: &str| chart::yaml::Scalar::Text(text.to_owned());
    assert_eq!(default("istiod", "", "global.hub"), text("docker.io/istio"));
    assert_eq!(default("gateway", "", "service.type"), text("LoadBalancer"));
    assert_eq!(default("base", "", "defaultRevision"), text("default"));
    let remote = default("istiod", "profile: remote", "istiodRemote.enabled");
    assert_eq!(
        remote,
        chart::yaml::Scalar::Bool(true),
        "the profile is over the defaults"
    );
}
