//! How to recognise the objects that a control plane creates while it runs.
//!
//! They belong to no release, so no release deletes them. Cleanup deletes them, and the doctor's check U3
//! reports them.

use super::{GENERATED_CA_SECRET, ROOT_CERTIFICATE_MAP};
use cluster::Object;

/// The label selector of the ConfigMaps that istiod writes into every namespace.
pub(crate) const CONFIG_SELECTOR: &str = "istio.io/config=true";
/// The type of the Secrets that Citadel writes into every namespace.
pub(crate) const CERTIFICATE_TYPE: &str = "istio.io/key-and-cert";
/// The annotation of a ConfigMap that serves as a leader election lock.
const LEADER_ANNOTATION: &str = "control-plane.alpha.kubernetes.io/leader";

/// Whether a ConfigMap distributes root certificates or revocation lists.
pub(crate) fn is_root_certificate(map: &Object) -> bool {
    map.name() == ROOT_CERTIFICATE_MAP || map.name() == "istio-ca-crl"
}

/// Whether a ConfigMap or Lease of the control plane's namespace is a leader election lock.
pub(crate) fn is_leader_election(object: &Object) -> bool {
    let name = object.name();
    let words = ["leader", "election", "autoallocate"];
    let named = words.iter().any(|word| name.contains(word));
    let gateway = object.kind() == "Lease" && name.starts_with("istio-gateway-");
    let annotated = object.annotation(LEADER_ANNOTATION).is_some();
    name.starts_with("istio-") && (named || gateway || annotated)
}

/// Whether a Secret contains a key or a certificate that a control plane issued.
pub(crate) fn is_issued_secret(secret: &Object) -> bool {
    let issued = secret.name().starts_with("istio.") && secret.text("/type") == CERTIFICATE_TYPE;
    secret.name() == GENERATED_CA_SECRET || issued
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn object(kind: &str, name: &str, fields: &Value) -> Object {
        let mut value = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}});
        for (key, field) in fields.as_object().into_iter().flatten() {
            value[key] = field.clone();
        }
        Object::new(value).expect("an object")
    }

    #[test]
    fn leader_elections_have_a_known_name_or_annotation() {
        for name in [
            "istio-leader",
            "istio-namespace-controller-election",
            "istio-ip-autoallocate",
            "istio-gateway-status-leader",
        ] {
            let map = object("ConfigMap", name, &json!({}));
            assert!(is_leader_election(&map), "{name}");
        }
        let annotated = json!({"metadata": {
            "name": "istio-gateway-deployment", "annotations": {LEADER_ANNOTATION: "{}"}}});
        assert!(is_leader_election(&object("ConfigMap", "", &annotated)));
        let lease = object("Lease", "istio-gateway-deployment-default", &json!({}));
        assert!(is_leader_election(&lease));
        for name in ["istio", "istio-sidecar-injector", "team-leader"] {
            let map = object("ConfigMap", name, &json!({}));
            assert!(!is_leader_election(&map), "{name}");
        }
    }

    #[test]
    fn secrets_that_an_operator_created_are_not_issued() {
        let generated = object("Secret", GENERATED_CA_SECRET, &json!({}));
        assert!(is_issued_secret(&generated));
        let typed = json!({"type": CERTIFICATE_TYPE});
        assert!(is_issued_secret(&object("Secret", "istio.default", &typed)));
        assert!(!is_issued_secret(&object("Secret", "own", &typed)));
        assert!(!is_issued_secret(&object("Secret", "cacerts", &json!({}))));
    }
}
