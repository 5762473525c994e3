//! Tests of this module.

use super::*;
use serde_json::json;

#[test]
fn a_malformed_object_makes_its_list_unknown_and_is_named() {
    let service = |name: &str, ports| {
        Object::new(json!({"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": name, "namespace": "shop"}, "spec": {"ports": ports}}))
        .expect("an object")
    };
    let services = Ok(vec![
        service("web", json!([{"port": 80}])),
        service("cart", json!("80")),
    ]);
    let unknown = each(&services, read::service).expect_err("a malformed Service");
    assert!(
        unknown
            .reason
            .starts_with("could not read spec.ports of Service shop/cart: invalid type"),
        "{unknown}"
    );
}
