//! Short questions: which Istio leads in a cluster, does it know a remote by this name, on which network
//! is it?

use super::names::{NETWORK, namespace_ref};
use crate::facts::{Fact, IstioGeneration, Unknown, gather::why, read};
use cluster::{Cluster, Error, Object};

/// Which Istio leads in `namespace`, and under which name it knows its own cluster.
///
/// # Errors
/// [`Unknown`] when its Deployments may not be read, or there is none.
pub async fn control_plane(primary: &Cluster, namespace: &str) -> Fact<(IstioGeneration, String)> {
    let all = primary.list("apps/v1", "Deployment", Some(namespace), "");
    let plane = read::control_plane(&all.await.map_err(|error| why(&error))?);
    let plane = plane.ok_or_else(|| Unknown::because("there is no control plane"))?;
    Ok((plane.generation, plane.cluster_id().to_owned()))
}

/// The configuration of the webhook that gives pods of a cluster their sidecar; none without one.
///
/// # Errors
/// [`Unknown`] when its webhooks may not be read.
pub async fn injector(cluster: &Cluster) -> Fact<Option<String>> {
    let api = "admissionregistration.k8s.io/v1";
    let all = cluster.list(api, "MutatingWebhookConfiguration", None, "");
    let all = all.await.map_err(|error| why(&error))?;
    let injects = |one: &&Object| {
        let mut webhooks = read::webhooks(one).into_iter();
        // `sidecar-injector.istio.io` in 1.0, with a prefix today.
        webhooks.any(|webhook| webhook.name.ends_with("sidecar-injector.istio.io"))
    };
    Ok(all.iter().find(injects).map(|one| one.name().to_owned()))
}

/// The network that a cluster is on, as the label of `namespace` says; none without one.
///
/// # Errors
/// [`Unknown`] when the namespace may not be read.
pub async fn network(cluster: &Cluster, namespace: &str) -> Fact<Option<String>> {
    let found = cluster.get(&namespace_ref(namespace)).await;
    let found = found.map_err(|error| why(&error))?;
    let label = found.as_ref().and_then(|found| found.label(NETWORK));
    Ok(label.filter(|label| !label.is_empty()).map(str::to_owned))
}

/// Whether a remote Secret in `namespace` has the key `name`: whether the control plane knows a cluster
/// of that name.
///
/// # Errors
/// What the primary said.
pub async fn is_known(primary: &Cluster, namespace: &str, name: &str) -> Result<bool, Error> {
    let secrets = primary.list("v1", "Secret", Some(namespace), "istio/multiCluster=true");
    let path = format!("/data/{name}");
    let mut secrets = secrets.await?.into_iter();
    Ok(secrets.any(|secret| !secret.text(&path).is_empty()))
}
