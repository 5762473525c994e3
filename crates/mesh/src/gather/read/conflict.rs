//! Webhooks, CRDs, and the owner of an object.

use super::selector;
use crate::facts::{CrdFacts, CrdVersion, FailurePolicy, Owner, WebhookFacts, WebhookKind};
use cluster::{Certificate, Error, FIELD_MANAGER, Object, OwnerReference};
use k8s_openapi::{
    ByteString,
    api::admissionregistration::v1::WebhookClientConfig,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::{
        CustomResourceDefinitionNames, CustomResourceDefinitionStatus,
    },
    apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta},
};
use serde::Deserialize;
use serde_json::Value;

/// The fields of both kinds of webhook configurations that the checks need.
#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    webhooks: Option<Vec<Webhook>>,
}

/// A webhook: these fields are the same in both kinds.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Webhook {
    name: String,
    client_config: WebhookClientConfig,
    failure_policy: Option<String>,
    namespace_selector: Option<LabelSelector>,
}

/// The webhooks of a configuration.
///
/// # Errors
/// [`Error::Malformed`].
pub fn webhooks(configuration: &Object) -> Result<Vec<WebhookFacts>, Error> {
    let read: Configuration = configuration.typed()?;
    let kind = if configuration.kind() == WebhookKind::Mutating.word() {
        WebhookKind::Mutating
    } else {
        WebhookKind::Validating
    };
    let facts = |webhook: Webhook| WebhookFacts {
        kind,
        configuration: configuration.name().to_owned(),
        istio: webhook.name.ends_with("istio.io"),
        name: webhook.name,
        bundle: bundle(webhook.client_config.ca_bundle),
        service: (webhook.client_config.service).map(|service| (service.namespace, service.name)),
        failure: match webhook.failure_policy.as_deref() {
            Some("Ignore") => FailurePolicy::Ignore,
            _ => FailurePolicy::Fail,
        },
        namespaces: selector(webhook.namespace_selector.unwrap_or_default()),
        release: release(configuration),
    };
    Ok(read.webhooks.into_iter().flatten().map(facts).collect())
}

/// The release of an object, by Helm's annotation or the label of old charts.
fn release(object: &Object) -> Option<String> {
    let release = object.annotation("meta.helm.sh/release-name");
    release
        .or_else(|| object.label("release"))
        .map(str::to_owned)
}

/// The SHA-256 of each certificate of a webhook's caBundle; an unreadable bundle has none.
fn bundle(bundle: Option<ByteString>) -> Vec<String> {
    let pem = bundle.map(|bundle| bundle.0).unwrap_or_default();
    let pem = String::from_utf8(pem).unwrap_or_default();
    let read = Certificate::read(&pem).unwrap_or_default();
    read.into_iter()
        .map(|certificate| certificate.sha256)
        .collect()
}

/// The fields of a CRD that the checks need, without its schemas. They are the same in `v1` and in the
/// `v1beta1` of old charts.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Crd {
    metadata: ObjectMeta,
    spec: CrdSpec,
    status: Option<CustomResourceDefinitionStatus>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CrdSpec {
    group: String,
    names: CustomResourceDefinitionNames,
    versions: Option<Vec<Version>>,
}

#[derive(Deserialize)]
struct Version {
    name: String,
    served: Option<bool>,
    storage: Option<bool>,
}

/// The custom resources that a CRD defines.
pub struct CustomResource {
    /// The API group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The plural.
    pub plural: String,
    /// The API version: the stored one if it is served, else the first that is; none when none is served.
    pub api_version: Option<String>,
}

/// The custom resources of a CRD.
///
/// # Errors
/// [`Error::Malformed`].
pub fn custom_resource(crd: &Object) -> Result<CustomResource, Error> {
    let spec = crd.typed::<Crd>()?.spec;
    let versions = spec.versions.unwrap_or_default();
    let served = || {
        versions
            .iter()
            .filter(|version| version.served == Some(true))
    };
    let mut stored = served().filter(|version| version.storage == Some(true));
    let version = stored.next().or(served().next());
    Ok(CustomResource {
        api_version: version.map(|version| format!("{}/{}", spec.group, version.name)),
        group: spec.group,
        kind: spec.names.kind,
        plural: spec.names.plural,
    })
}

/// A CRD.
///
/// # Errors
/// [`Error::Malformed`].
pub fn crd(object: &Object) -> Result<CrdFacts, Error> {
    let crd: Crd = object.typed()?;
    let version = |version: Version| CrdVersion {
        name: version.name,
        served: version.served.unwrap_or(true),
    };
    let stored = crd.status.and_then(|status| status.stored_versions);
    Ok(CrdFacts {
        name: object.name().to_owned(),
        versions: (crd.spec.versions.into_iter().flatten())
            .map(version)
            .collect(),
        stored: stored.unwrap_or_default(),
        release: release(object),
        terminating: crd.metadata.deletion_timestamp.is_some(),
        bundle: object
            .annotation("gateway.networking.k8s.io/bundle-version")
            .map(str::to_owned),
    })
}

/// The owner of an object, by Helm's annotations and its field managers.
pub fn owner(object: &Object) -> Owner {
    let release = object.annotation("meta.helm.sh/release-name");
    if let Some(release) = release {
        let namespace = object.annotation("meta.helm.sh/release-namespace");
        return Owner::Release(release.to_owned(), namespace.unwrap_or_default().to_owned());
    }
    let managers: Vec<&str> = (object.managed_fields())
        .map(|entry| entry.manager)
        .collect();
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
    } else if object.owners().any(is_operator) {
        Some("an operator")
    } else {
        None
    }
}

fn is_operator(owner: OwnerReference<'_>) -> bool {
    matches!(
        owner.kind,
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
        let read = webhooks(&configuration.expect("an object")).expect("well-formed");
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

    #[test]
    fn a_crd_of_an_old_chart_is_read_without_its_schema() {
        let read = crd(&Object::new(json!({
            "apiVersion": "apiextensions.k8s.io/v1beta1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "gateways.networking.istio.io", "labels": {"release": "istio"}},
            "spec": {"version": "v1alpha3", "validation": {"openAPIV3Schema": {"type": 1}}},
            "status": {"storedVersions": ["v1alpha3"]},
        }))
        .expect("an object"));
        let read = read.expect("well-formed");
        assert_eq!(read.stored, ["v1alpha3"]);
        assert_eq!(read.release.as_deref(), Some("istio"));
        assert!(read.versions.is_empty() && !read.terminating);
    }
}
