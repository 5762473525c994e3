//! The lists that are read of every cluster, and readers over them.

use super::{read, reader::ClusterReader};
use crate::{
    facts::Fact,
    istio::{
        MESH_CONFIG_MAP, MULTI_CLUSTER_LABEL, SYSTEM_NAMESPACE, runtime_objects::CONFIG_SELECTOR,
    },
};
use cluster::{Error, Kind, Object};

/// The kind of mutating webhook configurations.
pub(crate) const MUTATING_WEBHOOKS: Kind<'static> = Kind::new(
    "admissionregistration.k8s.io/v1",
    "MutatingWebhookConfiguration",
);
/// The kind of validating webhook configurations.
pub(crate) const VALIDATING_WEBHOOKS: Kind<'static> = Kind::new(
    "admissionregistration.k8s.io/v1",
    "ValidatingWebhookConfiguration",
);

/// The objects of a cluster, list by list.
pub(super) struct Lists {
    pub(super) nodes: Fact<Vec<Object>>,
    pub(super) pods: Fact<Vec<Object>>,
    pub(super) services: Fact<Vec<Object>>,
    pub(super) slices: Fact<Vec<Object>>,
    pub(super) namespaces: Fact<Vec<Object>>,
    pub(super) webhooks: Fact<Vec<Object>>,
    pub(super) crds: Fact<Vec<Object>>,
    pub(super) secrets: Fact<Vec<Object>>,
    pub(super) labelled: Fact<Vec<Object>>,
    pub(super) deployments: Fact<Vec<Object>>,
    pub(super) root_maps: Fact<Vec<Object>>,
    pub(super) mesh_config: Fact<Option<Object>>,
    pub(super) leases: Fact<Vec<Object>>,
    pub(super) accounts: Fact<Vec<Object>>,
    pub(super) roles: Fact<Vec<Object>>,
    pub(super) bindings: Fact<Vec<Object>>,
}

/// Lists everything at once, in three batches.
pub(super) async fn lists(reader: &ClusterReader) -> Lists {
    let all = |kind| reader.list_objects(kind, None, "");
    let in_system_namespace = |kind| reader.list_objects(kind, Some(SYSTEM_NAMESPACE), "");
    let (nodes, pods, services, slices, namespaces, crds) = tokio::join!(
        all(Kind::NODE),
        all(Kind::POD),
        all(Kind::SERVICE),
        all(Kind::ENDPOINT_SLICE),
        all(Kind::NAMESPACE),
        all(Kind::CRD),
    );
    let (mutating, validating, secrets, labelled, deployments) = tokio::join!(
        all(MUTATING_WEBHOOKS),
        all(VALIDATING_WEBHOOKS),
        in_system_namespace(Kind::SECRET),
        reader.list_objects(Kind::SECRET, None, MULTI_CLUSTER_LABEL),
        in_system_namespace(Kind::DEPLOYMENT),
    );
    let (root_maps, mesh_config, leases, accounts, roles, bindings) = tokio::join!(
        reader.list_objects(Kind::CONFIG_MAP, None, CONFIG_SELECTOR),
        reader.config_map(SYSTEM_NAMESPACE, MESH_CONFIG_MAP),
        reader.list_objects(Kind::LEASE, Some("kube-node-lease"), ""),
        in_system_namespace(Kind::SERVICE_ACCOUNT),
        all(Kind::CLUSTER_ROLE),
        all(Kind::CLUSTER_ROLE_BINDING),
    );
    let webhooks = mutating.and_then(|mut webhooks| {
        webhooks.extend(validating?);
        Ok(webhooks)
    });
    Lists {
        nodes,
        pods,
        services,
        slices,
        namespaces,
        webhooks,
        crds,
        secrets,
        labelled,
        deployments,
        root_maps,
        mesh_config,
        leases,
        accounts,
        roles,
        bindings,
    }
}

/// Reads each object of a list; unknown when one of them is malformed.
pub(crate) fn each<T>(
    list: &Fact<Vec<Object>>,
    read: impl Fn(&Object) -> Result<T, Error>,
) -> Fact<Vec<T>> {
    let list = list.as_ref().map_err(Clone::clone)?;
    let read: Result<_, Error> = list.iter().map(read).collect();
    Ok(read?)
}

/// Reads several facts from each object of a list; unknown when one of them is malformed.
pub(crate) fn several<T>(
    list: &Fact<Vec<Object>>,
    read: impl Fn(&Object) -> Result<Vec<T>, Error>,
) -> Fact<Vec<T>> {
    let list = list.as_ref().map_err(Clone::clone)?;
    Ok(read::all(list, read)?)
}

#[cfg(test)]
mod tests;
