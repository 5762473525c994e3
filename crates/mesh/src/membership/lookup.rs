//! Single lookups: the control plane of a cluster, its injector, its network, and whether it reads a remote.

use super::{names::namespace_ref, state::decoded};
use crate::{
    facts::{Fact, IstioGeneration, Unknown},
    gather::{lists::MUTATING_WEBHOOKS, read},
    istio::{MULTI_CLUSTER_LABEL, NETWORK_LABEL},
};
use cluster::{AsUser, Error, Identity, Kind};
use wire::ClusterId;

/// The generation of the control plane in `namespace`; none without one.
///
/// # Errors
/// [`Unknown`] when the Deployments cannot be read.
pub async fn installed_generation(
    primary: &dyn Identity,
    namespace: &str,
) -> Fact<Option<IstioGeneration>> {
    let deployments = primary
        .cluster()
        .list_objects(Kind::DEPLOYMENT, Some(namespace), "");
    let control_plane = read::control_plane(&deployments.await?)?;
    Ok(control_plane.map(|control_plane| control_plane.generation))
}

/// The control plane of a cluster, as its remotes see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlPlane {
    /// Its generation.
    pub generation: IstioGeneration,
    /// The ID that it gives its own cluster.
    pub id: ClusterId,
    /// Whether it controls remotes: `EXTERNAL_ISTIOD` is true.
    pub is_external: bool,
}

/// The control plane in `namespace`.
///
/// # Errors
/// [`Unknown`] when its Deployments cannot be read, when there is none, or when its ID is invalid.
pub async fn control_plane(primary: &dyn Identity, namespace: &str) -> Fact<ControlPlane> {
    let primary = primary.cluster();
    let deployments = primary.list_objects(Kind::DEPLOYMENT, Some(namespace), "");
    let control_plane = read::control_plane(&deployments.await?)?;
    let control_plane =
        control_plane.ok_or_else(|| Unknown::because("there is no control plane"))?;
    Ok(ControlPlane {
        generation: control_plane.generation,
        id: ClusterId::new(control_plane.cluster_id()).map_err(Unknown::because)?,
        is_external: control_plane.controls_remotes(),
    })
}

/// The configuration of the webhook that injects sidecars; none without one.
///
/// # Errors
/// [`Unknown`] when the webhooks cannot be read.
pub async fn injector(user: &AsUser) -> Fact<Option<String>> {
    let configurations = user.list_objects(MUTATING_WEBHOOKS, None, "");
    let configurations = configurations.await?;
    let webhooks = read::all(&configurations, read::webhooks)?;
    // `sidecar-injector.istio.io` in Istio 1.0, with a prefix for istiod.
    let mut injectors = webhooks
        .into_iter()
        .filter(|webhook| webhook.name.ends_with("sidecar-injector.istio.io"));
    Ok(injectors.next().map(|webhook| webhook.configuration))
}

/// The network in the label of `namespace`; none without the label.
///
/// # Errors
/// [`Unknown`] when the namespace cannot be read.
pub async fn network(identity: &dyn Identity, namespace: &str) -> Fact<Option<String>> {
    let live = identity.cluster().get(&namespace_ref(namespace)).await?;
    let label = live.as_ref().and_then(|live| live.label(NETWORK_LABEL));
    Ok(label.filter(|label| !label.is_empty()).map(str::to_owned))
}

/// Whether a remote Secret in `namespace` has the key `id`: whether the control plane reads a cluster with
/// that ID.
///
/// # Errors
/// The error of the primary.
pub async fn is_known(primary: &AsUser, namespace: &str, id: &ClusterId) -> Result<bool, Error> {
    let selector = format!("{MULTI_CLUSTER_LABEL}=true");
    let secrets = primary.list_objects(Kind::SECRET, Some(namespace), &selector);
    let mut secrets = secrets.await?.into_iter();
    Ok(secrets.any(|secret| decoded(&secret, id.as_str()).is_some_and(|text| !text.is_empty())))
}
