//! Finds the objects that a control plane created while it ran, webhooks without endpoints, and settings and Leases of
//! releases that are gone.

use super::crds::InstalledReleases;
use crate::{
    facts::WebhookFacts,
    gather::{
        lists::{MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS},
        read,
    },
    istio::runtime_objects::{
        CERTIFICATE_TYPE, CONFIG_SELECTOR, is_issued_secret, is_leader_election,
        is_root_certificate,
    },
};
use cluster::{Cluster, Error, Kind, Object, ObjectRef};
use release::{SETTINGS_LABEL, lease_release, settings_release};

/// The runtime objects, webhooks first: without endpoints they block the deletion of the rest.
pub(super) async fn find(
    cluster: &Cluster,
    istio_namespace: &str,
) -> Result<Vec<ObjectRef>, Error> {
    let mut all = webhooks(cluster).await?;
    let own = Some(istio_namespace);
    let issued = format!("type={CERTIFICATE_TYPE}");
    let (roots, own_maps) = tokio::try_join!(
        cluster.list_objects(Kind::CONFIG_MAP, None, CONFIG_SELECTOR),
        cluster.list_objects(Kind::CONFIG_MAP, own, ""),
    )?;
    let (secrets, certificates, leases) = tokio::try_join!(
        cluster.list_objects(Kind::SECRET, own, ""),
        cluster.list_by_field(Kind::SECRET, &issued),
        cluster.list_objects(Kind::LEASE, own, ""),
    )?;
    all.extend(roots.into_iter().filter(is_root_certificate));
    all.extend(
        own_maps
            .into_iter()
            .filter(|map| is_root_certificate(map) || is_leader_election(map)),
    );
    all.extend(leases.into_iter().filter(is_leader_election));
    all.extend(
        secrets
            .into_iter()
            .chain(certificates)
            .filter(is_issued_secret),
    );
    let mut found: Vec<ObjectRef> = Vec::new();
    for reference in all.iter().map(Object::reference) {
        if !found.contains(&reference) {
            found.push(reference);
        }
    }
    Ok(found)
}

/// The settings of releases that another tool uninstalled, in the namespaces of the mesh, and the Leases of jobs that
/// were interrupted on them: Helm does not know them.
pub(super) async fn orphans_of_releases(
    cluster: &Cluster,
    namespaces: &[String],
) -> Result<Vec<ObjectRef>, Error> {
    let mut installed = InstalledReleases::default();
    let mut orphans = Vec::new();
    for namespace in namespaces {
        let (secrets, leases) = tokio::try_join!(
            cluster.list_objects(Kind::SECRET, Some(namespace), SETTINGS_LABEL),
            cluster.list_objects(Kind::LEASE, Some(namespace), SETTINGS_LABEL),
        )?;
        for object in secrets.iter().chain(&leases) {
            let Some(release) = settings_release(object).or_else(|| lease_release(object)) else {
                continue;
            };
            if !installed.is_installed(cluster, release, namespace).await? {
                orphans.push(object.reference());
            }
        }
    }
    Ok(orphans)
}

/// The webhook configurations of Istio without endpoints that neither a release nor another tool manages.
async fn webhooks(cluster: &Cluster) -> Result<Vec<Object>, Error> {
    let (mutating, validating) = tokio::try_join!(
        cluster.list_objects(MUTATING_WEBHOOKS, None, ""),
        cluster.list_objects(VALIDATING_WEBHOOKS, None, ""),
    )?;
    let mut installed = InstalledReleases::default();
    let mut left = Vec::new();
    for configuration in mutating.into_iter().chain(validating) {
        let webhooks = read::webhooks(&configuration)?;
        let is_istio = !webhooks.is_empty() && webhooks.iter().all(|webhook| webhook.istio);
        let is_managed =
            read::tool(&configuration).is_some() || installed.owns(cluster, &configuration).await?;
        if is_istio && !is_managed && !has_endpoints(cluster, &webhooks).await? {
            left.push(configuration);
        }
    }
    Ok(left)
}

/// Whether one of these webhooks has a ready endpoint or calls a URL.
async fn has_endpoints(cluster: &Cluster, webhooks: &[WebhookFacts]) -> Result<bool, Error> {
    for webhook in webhooks {
        let Some((namespace, name)) = &webhook.service else {
            return Ok(true);
        };
        let of_it = format!("kubernetes.io/service-name={name}");
        let slices = cluster
            .list_objects(Kind::ENDPOINT_SLICE, Some(namespace), &of_it)
            .await?;
        let endpoints = read::all(&slices, read::endpoints)?;
        if endpoints.iter().any(|endpoint| endpoint.ready) {
            return Ok(true);
        }
    }
    Ok(false)
}
