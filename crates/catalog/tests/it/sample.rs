//! The contract of the charts bookinfo and bookinfo-details: one sample, split over two clusters.

use crate::{at, counts, has, object, ports, render, try_render};
use chart::Manifests;

const CALLED: [&str; 4] = ["details", "productpage", "ratings", "reviews"];

#[test]
fn the_pair_is_the_whole_sample_and_only_the_service_is_in_both() {
    let (rest, details) = (render("bookinfo", ""), render("bookinfo-details", ""));
    let expected = [
        ("Deployment", 5),
        ("Gateway", 1),
        ("Service", 4),
        ("ServiceAccount", 3),
        ("VirtualService", 1),
    ];
    assert_eq!(counts(&rest.objects), expected.into());
    let expected = [("Deployment", 1), ("Service", 1), ("ServiceAccount", 1)];
    assert_eq!(counts(&details.objects), expected.into());
    for object in &details.objects {
        let both = has(&rest, &object.kind, &object.name);
        assert_eq!(
            both,
            object.kind == "Service",
            "{} {}",
            object.kind,
            object.name
        );
    }
}

#[test]
fn a_mesh_takes_the_two_services_of_details_for_one() {
    let (rest, details) = (render("bookinfo", ""), render("bookinfo-details", ""));
    let spec = |manifests| {
        object(manifests, "Service", "details")
            .pointer("/spec")
            .cloned()
    };
    assert_eq!(spec(&rest), spec(&details));
    let namespace = |manifests| {
        at(
            object(manifests, "Service", "details"),
            "/metadata/namespace",
        )
    };
    assert_eq!(namespace(&rest), namespace(&details));
}

#[test]
fn each_service_finds_its_pods_by_http_on_9080() {
    let rest = render("bookinfo", "");
    for name in CALLED {
        let service = object(&rest, "Service", name);
        assert_eq!(ports(service, "/spec/ports"), ["9080 http"]);
        assert_eq!(at(service, "/spec/selector/app"), name);
    }
    let details = render("bookinfo-details", "");
    for manifest in rest.objects.iter().chain(&details.objects) {
        if manifest.kind != "Deployment" {
            continue;
        }
        let (app, version) = manifest.name.split_once('-').unwrap();
        let pod = "/spec/template/metadata/labels";
        assert_eq!(at(&manifest.object, &format!("{pod}/app")), app);
        assert_eq!(at(&manifest.object, &format!("{pod}/version")), version);
        assert_eq!(
            at(&manifest.object, "/spec/template/spec/containers/0/image"),
            format!("docker.io/istio/examples-bookinfo-{app}-{version}:1.20.3")
        );
        let account = at(&manifest.object, "/spec/template/spec/serviceAccountName");
        assert_eq!(account, format!("bookinfo-{app}"));
        let made = [&rest, &details];
        assert!(made.iter().any(|all| has(all, "ServiceAccount", &account)));
    }
}

#[test]
fn without_the_service_the_name_of_details_does_not_resolve() {
    let rest = render("bookinfo", "details: {service: false}");
    assert!(!has(&rest, "Service", "details"));
    assert!(has(&rest, "Service", "reviews"));
}

fn versions(manifests: &Manifests) -> Vec<&str> {
    let of = |kind: &str, name: &str| at(object(manifests, kind, name), "/apiVersion");
    ["networking.istio.io/v1alpha3", "networking.istio.io/v1"]
        .into_iter()
        .filter(|&version| {
            of("Gateway", "bookinfo-gateway") == version
                && of("VirtualService", "bookinfo") == version
        })
        .collect()
}

#[test]
fn the_ingress_supports_both_istio_generations() {
    assert_eq!(
        versions(&render("bookinfo", "")),
        ["networking.istio.io/v1alpha3"]
    );
    let today = "gateway: {apiVersion: networking.istio.io/v1, selector: ingress, port: 8080}";
    let today = render("bookinfo", today);
    assert_eq!(versions(&today), ["networking.istio.io/v1"]);
    let gateway = object(&today, "Gateway", "bookinfo-gateway");
    assert_eq!(at(gateway, "/spec/selector/istio"), "ingress");
    assert_eq!(at(gateway, "/spec/servers/0/port/number"), "8080");
    let error = try_render("bookinfo", "gateway: {apiVersion: networking.istio.io/v2}");
    assert!(error.is_err());
}

#[test]
fn the_product_page_and_the_console_requests_are_routed() {
    let routes = object(&render("bookinfo", ""), "VirtualService", "bookinfo").clone();
    let matches = routes.pointer("/spec/http/0/match").unwrap().to_string();
    for path in ["/productpage", "/login", "/logout", "/api/v1/products"] {
        assert!(matches.contains(&format!("\"{path}\"")), "{path}");
    }
    let host = at(&routes, "/spec/http/0/route/0/destination/host");
    assert_eq!(host, "productpage");
}
