//! Single lookups: the control plane of a cluster, its injector, its network, and whether it reads a remote.

use super::{
    Kubeconfig,
    names::namespace_ref,
    state::{decoded, keys, token_secrets},
};
use crate::{
    facts::{Fact, IstioGeneration, Unknown},
    gather::{lists::MUTATING_WEBHOOKS, read},
    istio::{MULTI_CLUSTER_LABEL, NETWORK_LABEL},
};
use cluster::{AsUser, Error, Identity, Kind, Object, ObjectRef};
use wire::{ClusterId, Secret};

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
    /// Its Deployment; none when it is not known.
    pub deployment: Option<ObjectRef>,
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
        deployment: control_plane
            .deployments
            .first()
            .map(|deployment| Kind::DEPLOYMENT.object(Some(namespace), &deployment.name)),
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

/// The ID under which the control plane reads a remote: `id` when a remote Secret in `namespace` has that key, else
/// the key with a token of the remote, which another tool may have chosen. None without one.
///
/// # Errors
/// The error of the primary. A remote that does not answer has no other ID.
pub async fn joined_as(
    primary: &dyn Identity,
    remote: &dyn Identity,
    namespace: &str,
    id: &ClusterId,
) -> Result<Option<ClusterId>, Error> {
    let selector = format!("{MULTI_CLUSTER_LABEL}=true");
    let secrets = primary
        .cluster()
        .list_objects(Kind::SECRET, Some(namespace), &selector);
    let secrets = secrets.await?;
    let has_key =
        |secret: &Object| decoded(secret, id.as_str()).is_some_and(|text| !text.is_empty());
    if secrets.iter().any(has_key) {
        return Ok(Some(id.clone()));
    }
    let stored: Vec<(String, Secret<String>)> = secrets.iter().flat_map(stored_tokens).collect();
    if stored.is_empty() {
        return Ok(None);
    }
    let tokens = remote
        .cluster()
        .list_objects(Kind::SECRET, Some(namespace), "");
    let tokens = tokens.await.map(token_secrets).unwrap_or_default();
    let is_of_remote = |stored: &Secret<String>| {
        let mut tokens = tokens.iter().filter_map(|token| token.token.as_ref());
        tokens.any(|token| token.reveal() == stored.reveal())
    };
    let found = stored.into_iter().find(|(_, token)| is_of_remote(token));
    Ok(found.and_then(|(key, _)| ClusterId::new(key).ok()))
}

/// The tokens in a remote Secret, with their keys.
fn stored_tokens(secret: &Object) -> Vec<(String, Secret<String>)> {
    let each = keys(secret).into_iter().filter_map(|key| {
        let kubeconfig = Kubeconfig::parse(&decoded(secret, &key)?)?;
        Some((key, kubeconfig.token))
    });
    each.filter(|(_, token)| !token.reveal().is_empty())
        .collect()
}
