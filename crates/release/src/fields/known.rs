//! Field managers that are known to maintain a field while the cluster runs.
//!
//! istiod (`pilot-discovery`) patches the webhooks that it serves: `pilot/pkg/webhooks` and
//! `pilot/pkg/webhooks/validation/controller` of Istio. The autoscaler runs in `kube-controller-manager` and writes the
//! subresource `scale`.

use wire::decision::KnownOwner;

/// The admission controller of AKS, which restricts the namespaces of webhooks.
const AKS_ADMISSION: &str = "admissionsenforcer";

/// The known owner of a field; none when it is not known that the manager maintains the field.
pub(super) fn known_owner(kind: &str, path: &str, manager: &str) -> Option<KnownOwner> {
    let is_webhook = matches!(
        kind,
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration"
    );
    let is_ca_bundle = path.ends_with(".caBundle");
    let is_ca_injector = manager.contains("cainjector");
    match manager {
        "pilot-discovery" if is_webhook && (is_ca_bundle || path.ends_with(".failurePolicy")) => {
            Some(KnownOwner::Istiod)
        }
        "kube-controller-manager" | "horizontal-pod-autoscaler" if path == ".spec.replicas" => {
            Some(KnownOwner::Autoscaler)
        }
        AKS_ADMISSION if is_webhook && path.contains("].namespaceSelector") => {
            Some(KnownOwner::CloudAdmission)
        }
        _ if is_ca_injector && is_ca_bundle => Some(KnownOwner::CaInjector),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_known_for_the_fields_that_it_maintains_only() {
        let webhooks = "ValidatingWebhookConfiguration";
        let policy = r#".webhooks[name="a"].failurePolicy"#;
        let ca_bundle = r#".webhooks[name="a"].clientConfig.caBundle"#;
        let selector = r#".webhooks[name="a"].namespaceSelector.matchExpressions"#;
        for (kind, path, manager, known) in [
            (
                webhooks,
                policy,
                "pilot-discovery",
                Some(KnownOwner::Istiod),
            ),
            (
                webhooks,
                ca_bundle,
                "pilot-discovery",
                Some(KnownOwner::Istiod),
            ),
            (webhooks, selector, "pilot-discovery", None),
            (
                webhooks,
                selector,
                "admissionsenforcer",
                Some(KnownOwner::CloudAdmission),
            ),
            (
                webhooks,
                ca_bundle,
                "cert-manager-cainjector",
                Some(KnownOwner::CaInjector),
            ),
            (webhooks, policy, "kubectl-edit", None),
            (
                "Deployment",
                ".spec.replicas",
                "kube-controller-manager",
                Some(KnownOwner::Autoscaler),
            ),
            ("Deployment", ".spec.replicas", "kubectl", None),
            ("ConfigMap", policy, "pilot-discovery", None),
        ] {
            assert_eq!(
                known_owner(kind, path, manager),
                known,
                "{kind} {path} {manager}"
            );
        }
    }
}
