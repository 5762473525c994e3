//! Webhooks, CRDs, and the owner of an object.

use super::{list, selector, text};
use crate::facts::{CrdFacts, CrdVersion, FailurePolicy, Owner, WebhookFacts, WebhookKind};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Certificate, FIELD_MANAGER, Object};
use serde_json::Value;

/// The webhooks of a configuration.
pub fn webhooks(configuration: &Object) -> Vec<WebhookFacts> {
    let kind = if configuration.kind() == WebhookKind::Mutating.word() {
        WebhookKind::Mutating
    } else {
        WebhookKind::Validating
    };
    let release = configuration.annotation("meta.helm.sh/release-name");
    let release = release.or_else(|| configuration.label("release"));
    let facts = |webhook: &Value| WebhookFacts {
        kind,
        configuration: configuration.name().to_owned(),
        name: text(webhook, "name").to_owned(),
        service: webhook.pointer("/clientConfig/service").map(|service| {
            let part = |key| text(service, key).to_owned();
            (part("namespace"), part("name"))
        }),
        failure: match text(webhook, "failurePolicy") {
            "Ignore" => FailurePolicy::Ignore,
            _ => FailurePolicy::Fail,
        },
        bundle: bundle(webhook),
        namespaces: selector(webhook.get("namespaceSelector")),
        release: release.map(str::to_owned),
        istio: text(webhook, "name").ends_with("istio.io"),
    };
    configuration.list("/webhooks").iter().map(facts).collect()
}

/// The SHA-256 of each certificate of a webhook's caBundle; an unreadable bundle has none.
fn bundle(webhook: &Value) -> Vec<String> {
    let data = webhook.pointer("/clientConfig/caBundle");
    let data = data.and_then(Value::as_str).unwrap_or_default();
    let pem = STANDARD.decode(data).unwrap_or_default();
    let pem = String::from_utf8(pem).unwrap_or_default();
    let read = Certificate::read(&pem).unwrap_or_default();
    read.into_iter()
        .map(|certificate| certificate.sha256)
        .collect()
}

/// A CRD.
pub fn crd(crd: &Object) -> CrdFacts {
    let version = |version: &Value| CrdVersion {
        name: text(version, "name").to_owned(),
        served: version
            .get("served")
            .and_then(Value::as_bool)
            .unwrap_or(true),
    };
    let release = crd.annotation("meta.helm.sh/release-name");
    let release = release.or_else(|| crd.label("release"));
    let stored = list(crd.value(), "/status/storedVersions").iter();
    CrdFacts {
        name: crd.name().to_owned(),
        versions: crd.list("/spec/versions").iter().map(version).collect(),
        stored: stored
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        release: release.map(str::to_owned),
        terminating: !crd.text("/metadata/deletionTimestamp").is_empty(),
    }
}

/// The owner of an object, by Helm's annotations and its field managers.
pub fn owner(object: &Object) -> Owner {
    let release = object.annotation("meta.helm.sh/release-name");
    if let Some(release) = release {
        let namespace = object.annotation("meta.helm.sh/release-namespace");
        return Owner::Release(release.to_owned(), namespace.unwrap_or_default().to_owned());
    }
    let managers = object.list("/metadata/managedFields").iter();
    let managers: Vec<&str> = managers.map(|entry| text(entry, "manager")).collect();
    // An object without fields has no field managers; then the label decides.
    let labelled = object.label("app.kubernetes.io/managed-by") == Some(FIELD_MANAGER);
    if labelled || managers.contains(&FIELD_MANAGER) {
        return Owner::Console;
    }
    Owner::Manager((*managers.first().unwrap_or(&"")).to_owned())
}

/// The tool that manages an object; none without one.
pub fn tool(object: &Object) -> Option<&'static str> {
    let metadata = object.value().get("metadata")?;
    let has = |part: &str, sign: &str| {
        let found = metadata.get(part).and_then(Value::as_object);
        found.is_some_and(|found| found.keys().any(|key| key.starts_with(sign)))
    };
    if has("annotations", "argocd.argoproj.io/") || has("labels", "argocd.argoproj.io/") {
        Some("Argo CD")
    } else if has("labels", "kustomize.toolkit.fluxcd.io/")
        || has("labels", "helm.toolkit.fluxcd.io/")
    {
        Some("Flux")
    } else if object
        .list("/metadata/ownerReferences")
        .iter()
        .any(is_operator)
    {
        Some("an operator")
    } else {
        None
    }
}

fn is_operator(owner: &Value) -> bool {
    matches!(
        text(owner, "kind"),
        "IstioOperator" | "Istio" | "IstioRevision" | "IstioCNI" | "ZTunnel"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(metadata: Value) -> Object {
        Object::new(json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}))
            .expect("an object")
    }

    #[test]
    fn an_object_belongs_to_a_release_the_console_or_a_manager() {
        let release = object(json!({"name": "a", "annotations": {
            "meta.helm.sh/release-name": "base", "meta.helm.sh/release-namespace": "istio-system"}}));
        assert_eq!(
            owner(&release),
            Owner::Release("base".into(), "istio-system".into())
        );
        let ours = object(json!({"name": "a", "managedFields": [{"manager": "meshspan"}]}));
        assert_eq!(owner(&ours), Owner::Console);
        let bare =
            object(json!({"name": "a", "labels": {"app.kubernetes.io/managed-by": "meshspan"}}));
        assert_eq!(owner(&bare), Owner::Console);
        let script = object(json!({"name": "a", "managedFields": [{"manager": "kubectl-create"}]}));
        assert_eq!(owner(&script), Owner::Manager("kubectl-create".into()));
    }

    #[test]
    fn other_tools_have_their_labels_and_annotations() {
        let argo =
            object(json!({"name": "a", "annotations": {"argocd.argoproj.io/tracking-id": "x"}}));
        assert_eq!(tool(&argo), Some("Argo CD"));
        let flux =
            object(json!({"name": "a", "labels": {"kustomize.toolkit.fluxcd.io/name": "x"}}));
        assert_eq!(tool(&flux), Some("Flux"));
        let sail = object(json!({"name": "a", "ownerReferences": [{"kind": "IstioRevision"}]}));
        assert_eq!(tool(&sail), Some("an operator"));
        assert_eq!(tool(&object(json!({"name": "a"}))), None);
    }

    #[test]
    fn a_webhook_has_its_service_and_selector() {
        let configuration = Object::new(json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": "istio-sidecar-injector", "labels": {"release": "istio"}},
            "webhooks": [{
                "name": "sidecar-injector.istio.io", "failurePolicy": "Ignore",
                "clientConfig": {"service": {"namespace": "istio-system", "name": "istiod"}},
                "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}},
            }],
        }));
        let read = webhooks(&configuration.expect("an object"));
        let [webhook] = read.as_slice() else {
            panic!("{read:?}")
        };
        assert_eq!(
            webhook.service,
            Some(("istio-system".into(), "istiod".into()))
        );
        assert_eq!(webhook.failure, FailurePolicy::Ignore);
        assert!(webhook.istio && webhook.bundle.is_empty());
        assert_eq!(webhook.release.as_deref(), Some("istio"));
        assert!(
            !webhook
                .namespaces
                .matches(&std::collections::BTreeMap::new())
        );
    }
}
