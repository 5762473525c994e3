//! The built-in charts, rendered from values to manifests, and the charts of repositories, served on loopback
//! by the tests ([`site`]).
//!
//! [`golden`] compares the output with Helm's; the other modules test the contract of the charts.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bundles;
mod bundles_of_helm;
mod control_plane;
mod crds;
mod dependencies;
mod fixture;
mod golden;
mod http;
mod istio_charts;
mod limits;
mod oci;
mod parameters;
mod remote;
mod sample;
mod site;
mod trust;
mod upgrade_values_of_helm;

use catalog::{BUILT_IN, Catalog};
use chart::{Capabilities, Chart, Error, Facts, Manifest, Manifests, ReleaseFacts, Values};
use serde_json::Value as Json;
use std::{collections::BTreeMap, sync::Arc};
use wire::{ChartName, Repository};

/// The control-plane addresses that the remote cluster uses.
const ADDRESSES: &str = include_str!("../golden/ack-istio-remote.values.yaml");
const ILB: &str = "gateways: {istio-ilbgateway: {enabled: true}}";

fn built_in(name: &str) -> Arc<Chart> {
    let catalog = Catalog::built_in().unwrap();
    let (repository, name) = (
        Repository::new(BUILT_IN).unwrap(),
        ChartName::new(name).unwrap(),
    );
    futures::executor::block_on(async {
        let newest = catalog.newest(&repository, &name).await.unwrap();
        catalog.chart(&newest).await.unwrap().chart
    })
}

/// The namespace of a built-in chart.
fn home(name: &str) -> &'static str {
    if name.starts_with("bookinfo") {
        "bookinfo"
    } else {
        "istio-system"
    }
}

fn facts(release: &str, kube_version: &str, api_versions: &[&str]) -> Facts {
    Facts {
        release: ReleaseFacts {
            name: release.to_owned(),
            namespace: home(release).to_owned(),
            revision: 1,
            upgrade: false,
        },
        capabilities: Capabilities {
            kube_version: kube_version.to_owned(),
            api_versions: api_versions
                .iter()
                .map(|&version| version.to_owned())
                .collect(),
        },
        now: jiff::Timestamp::UNIX_EPOCH,
        seed: chart::Seed::new([1; 32]),
        lookup: chart::Lookup::none(),
        helm: chart::HelmVersion::V3,
    }
}

/// Renders for a current cluster.
fn try_render(name: &str, values: &str) -> Result<Manifests, Error> {
    let facts = facts(name, "v1.36.3", &["autoscaling/v2", "policy/v1"]);
    chart::render(&built_in(name), &Values::parse(values).unwrap(), &facts)
}

fn render(name: &str, values: &str) -> Manifests {
    try_render(name, values).unwrap()
}

/// The number of objects of each kind.
fn counts(objects: &[Manifest]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for object in objects {
        *counts.entry(object.kind.as_str()).or_default() += 1;
    }
    counts
}

fn object<'a>(manifests: &'a Manifests, kind: &str, name: &str) -> &'a Json {
    let is = |manifest: &&Manifest| manifest.kind == kind && manifest.name == name;
    &manifests.objects.iter().find(is).unwrap().object
}

fn has(manifests: &Manifests, kind: &str, name: &str) -> bool {
    manifests
        .objects
        .iter()
        .any(|manifest| manifest.kind == kind && manifest.name == name)
}

/// The value at a pointer of an object, as text.
fn at(object: &Json, pointer: &str) -> String {
    match object.pointer(pointer) {
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// `15010 grpc-xds` for each port at the pointer.
fn ports(object: &Json, pointer: &str) -> Vec<String> {
    let listed = object.pointer(pointer).and_then(Json::as_array).unwrap();
    listed
        .iter()
        .map(|port| format!("{} {}", port["port"], at(port, "/name")))
        .collect()
}
