//! What control planes make while they run, of both lines: it belongs to no release, so no release takes
//! it away. The doctor's U3 knows it by the same signs.

use super::crds::InstalledReleases;
use crate::facts::{WebhookFacts, read};
use cluster::{Cluster, Error, Object, ObjectRef};
use serde_json::Value;

/// The label of the ConfigMaps that istiod writes into every namespace.
pub(crate) const CONFIG: &str = "istio.io/config=true";
/// The type of the certificates that Citadel writes into every namespace.
const CERTIFICATE: &str = "istio.io/key-and-cert";
/// The annotation of a ConfigMap by which a leader is elected.
const ELECTION: &str = "control-plane.alpha.kubernetes.io/leader";
const ADMISSION: &str = "admissionregistration.k8s.io/v1";

/// Whether it is a ConfigMap that tells a namespace whom to trust.
pub(crate) fn is_root(map: &Object) -> bool {
    matches!(map.name(), "istio-ca-root-cert" | "istio-ca-crl")
}

/// Whether leaders are elected by it: a ConfigMap or a Lease of the control plane's namespace.
pub(crate) fn elects(object: &Object) -> bool {
    let name = object.name();
    let words = ["leader", "election", "autoallocate"];
    let named = words.iter().any(|word| name.contains(word));
    let gateways = object.kind() == "Lease" && name.starts_with("istio-gateway-");
    name.starts_with("istio-") && (named || gateways || object.annotation(ELECTION).is_some())
}

/// Whether it is a key or a certificate that a control plane made.
pub(crate) fn is_issued(secret: &Object) -> bool {
    secret.name() == "istio-ca-secret"
        || secret.name().starts_with("istio.") && secret.text("/type") == CERTIFICATE
}

/// What is there, webhooks first: while nobody answers them they stand in the way of the rest.
pub(super) async fn find(
    cluster: &Cluster,
    istio_namespace: &str,
) -> Result<Vec<ObjectRef>, Error> {
    let mut all = webhooks(cluster).await?;
    let own = Some(istio_namespace);
    let issued = format!("type={CERTIFICATE}");
    let (roots, own_maps) = tokio::try_join!(
        cluster.list("v1", "ConfigMap", None, CONFIG),
        cluster.list("v1", "ConfigMap", own, ""),
    )?;
    let (secrets, certificates, leases) = tokio::try_join!(
        cluster.list("v1", "Secret", own, ""),
        cluster.list_by_field("v1", "Secret", &issued),
        cluster.list("coordination.k8s.io/v1", "Lease", own, ""),
    )?;
    all.extend(roots.into_iter().filter(is_root));
    all.extend(
        own_maps
            .into_iter()
            .filter(|one| is_root(one) || elects(one)),
    );
    all.extend(leases.into_iter().filter(elects));
    all.extend(secrets.into_iter().chain(certificates).filter(is_issued));
    let mut found: Vec<ObjectRef> = Vec::new();
    for one in all.iter().map(Object::reference) {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    Ok(found)
}

/// Istio's webhook configurations that nobody answers and neither a release nor another tool keeps.
async fn webhooks(cluster: &Cluster) -> Result<Vec<Object>, Error> {
    let (mutating, validating) = tokio::try_join!(
        cluster.list(ADMISSION, "MutatingWebhookConfiguration", None, ""),
        cluster.list(ADMISSION, "ValidatingWebhookConfiguration", None, ""),
    )?;
    let mut installed = InstalledReleases::default();
    let mut left = Vec::new();
    for one in mutating.into_iter().chain(validating) {
        let webhooks = read::webhooks(&one);
        let istios = !webhooks.is_empty() && webhooks.iter().all(|webhook| webhook.istio);
        let kept = read::tool(&one).is_some() || installed.has(cluster, &one).await?;
        if istios && !kept && !is_answered(cluster, &webhooks).await? {
            left.push(one);
        }
    }
    Ok(left)
}

/// Whether one of these webhooks may be answered: its Service has a ready endpoint, or it asks a URL.
async fn is_answered(cluster: &Cluster, webhooks: &[WebhookFacts]) -> Result<bool, Error> {
    for webhook in webhooks {
        let Some((namespace, name)) = &webhook.service else {
            return Ok(true);
        };
        let of_it = format!("kubernetes.io/service-name={name}");
        let slices = cluster
            .list(
                "discovery.k8s.io/v1",
                "EndpointSlice",
                Some(namespace),
                &of_it,
            )
            .await?;
        let endpoints = slices.iter().flat_map(|slice| slice.list("/endpoints"));
        let is_ready = |one: &Value| one.pointer("/conditions/ready") != Some(&Value::Bool(false));
        if endpoints.into_iter().any(is_ready) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(kind: &str, name: &str, more: &Value) -> Object {
        let mut value = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}});
        for (key, part) in more.as_object().into_iter().flatten() {
            value[key] = part.clone();
        }
        Object::new(value).expect("an object")
    }

    #[test]
    fn elections_of_a_control_plane_are_known_by_name_or_mark() {
        for name in [
            "istio-leader",
            "istio-namespace-controller-election",
            "istio-ip-autoallocate",
            "istio-gateway-status-leader",
        ] {
            assert!(elects(&object("ConfigMap", name, &json!({}))), "{name}");
        }
        let marked = json!({"metadata": {"name": "istio-gateway-deployment", "annotations": {ELECTION: "{}"}}});
        assert!(elects(&object("ConfigMap", "", &marked)));
        let lease = object("Lease", "istio-gateway-deployment-default", &json!({}));
        assert!(elects(&lease));
        for name in ["istio", "istio-sidecar-injector", "team-leader"] {
            assert!(!elects(&object("ConfigMap", name, &json!({}))), "{name}");
        }
    }

    #[test]
    fn keys_that_somebody_gave_are_not_issued() {
        assert!(is_issued(&object("Secret", "istio-ca-secret", &json!({}))));
        let old = json!({"type": CERTIFICATE});
        assert!(is_issued(&object("Secret", "istio.default", &old)));
        assert!(!is_issued(&object("Secret", "own", &old)));
        assert!(!is_issued(&object("Secret", "cacerts", &json!({}))));
    }
}
