//! Tests of this module.

use super::*;
use serde_json::json;

fn endpoint(namespace: &str, service: &str, ready: bool) -> EndpointFacts {
    EndpointFacts {
        namespace: namespace.into(),
        service: service.into(),
        address: [10, 0, 0, 1].into(),
        ready,
        terminating: false,
        ports: [9080].into(),
    }
}

#[test]
fn services_without_endpoints_in_the_primary_come_first() {
    let service = |namespace: &str, name: &str| {
        Object::new(json!({"apiVersion": "v1", "kind": "Service",
                           "metadata": {"name": name, "namespace": namespace}}))
        .expect("an object")
    };
    let services = [
        service("bookinfo", "reviews"),
        service("bookinfo", "details"),
        service("bookinfo", "ratings"),
        service("kube-system", "kube-dns"),
    ];
    let in_primary = [
        endpoint("bookinfo", "reviews", true),
        endpoint("bookinfo", "details", false),
    ];
    let in_remote = [
        endpoint("bookinfo", "reviews", true),
        endpoint("bookinfo", "details", true),
        endpoint("bookinfo", "ratings", false),
        endpoint("kube-system", "kube-dns", true),
        endpoint("bookinfo", "elsewhere", true),
    ];
    let found = decide(&services, &in_primary, &in_remote);
    let counts: Vec<_> = found
        .iter()
        .map(|found| {
            let counts = (found.primary_endpoints, found.remote_endpoints);
            (found.service.as_str(), counts)
        })
        .collect();
    assert_eq!(counts, [("details", (0, 1)), ("reviews", (1, 1))]);
}
