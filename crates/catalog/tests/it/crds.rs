//! The CRDs of the control plane.

use crate::{at, render};
use std::collections::BTreeMap;

#[test]
fn fifty_crds_belong_to_four_groups() {
    let manifests = render("ack-istio", "");
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    for crd in &manifests.crds {
        *groups.entry(at(&crd.object, "/spec/group")).or_default() += 1;
    }
    let expected = [
        ("authentication.istio.io", 2),
        ("config.istio.io", 40),
        ("networking.istio.io", 5),
        ("rbac.istio.io", 3),
    ];
    assert_eq!(
        groups,
        expected
            .map(|(group, count)| (group.to_owned(), count))
            .into()
    );
    assert_eq!(manifests.crds.len(), 50);
}

#[test]
fn a_crd_is_named_after_its_plural_and_group_and_serves_one_version() {
    for crd in render("ack-istio", "").crds {
        let name = format!(
            "{}.{}",
            at(&crd.object, "/spec/names/plural"),
            at(&crd.object, "/spec/group")
        );
        assert_eq!(
            (crd.kind.as_str(), crd.name.as_str()),
            ("CustomResourceDefinition", name.as_str())
        );
        assert_eq!(crd.api_version, "apiextensions.k8s.io/v1");
        let versions = crd
            .object
            .pointer("/spec/versions")
            .and_then(|found| found.as_array())
            .unwrap();
        let version = match at(&crd.object, "/spec/group").as_str() {
            "networking.istio.io" => "v1alpha3",
            "config.istio.io" => "v1alpha2",
            _ => "v1alpha1",
        };
        assert_eq!(versions.len(), 1);
        assert_eq!(at(versions.first().unwrap(), "/name"), version, "{name}");
    }
}

#[test]
fn only_mesh_policies_are_cluster_scoped() {
    let crds = render("ack-istio", "").crds;
    let cluster = crds
        .iter()
        .filter(|crd| at(&crd.object, "/spec/scope") == "Cluster");
    let names: Vec<&str> = cluster.map(|crd| crd.name.as_str()).collect();
    assert_eq!(names, ["meshpolicies.authentication.istio.io"]);
}

#[test]
fn mixers_kinds_are_in_lower_case() {
    let crds = render("ack-istio", "").crds;
    let kind = |name: &str| {
        at(
            &crds.iter().find(|crd| crd.name == name).unwrap().object,
            "/spec/names/kind",
        )
    };
    assert_eq!(kind("rules.config.istio.io"), "rule");
    assert_eq!(kind("kuberneteses.config.istio.io"), "kubernetes");
    assert_eq!(kind("solarwindses.config.istio.io"), "solarwinds");
    assert_eq!(kind("quotaspecs.config.istio.io"), "QuotaSpec");
    assert_eq!(
        kind("virtualservices.networking.istio.io"),
        "VirtualService"
    );
}

#[test]
fn every_object_of_the_control_plane_has_its_crd() {
    let manifests = render("ack-istio", crate::ILB);
    let served: Vec<String> = manifests
        .crds
        .iter()
        .map(|crd| {
            format!(
                "{}/{}",
                at(&crd.object, "/spec/group"),
                at(&crd.object, "/spec/names/kind")
            )
        })
        .collect();
    for object in manifests
        .objects
        .iter()
        .filter(|object| object.api_version.contains("istio.io"))
    {
        let group = object.api_version.split('/').next().unwrap_or_default();
        let kind = format!("{group}/{}", object.kind);
        assert!(served.contains(&kind), "{kind} {}", object.name);
    }
}

#[test]
fn the_remote_chart_has_no_crds() {
    assert!(render("ack-istio-remote", crate::ADDRESSES).crds.is_empty());
}
