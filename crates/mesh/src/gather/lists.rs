//! The lists that are read of every cluster, and readers over them.

use super::reader::ClusterReader;
use crate::{
    facts::Fact,
    istio::{
        MESH_CONFIG_MAP, MULTI_CLUSTER_LABEL, SYSTEM_NAMESPACE, reader::RBAC_API,
        runtime_objects::CONFIG_SELECTOR,
    },
};
use cluster::Object;

const ADMISSION_API: &str = "admissionregistration.k8s.io/v1";

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
    pub(super) maps: Fact<Vec<Object>>,
    pub(super) mesh: Fact<Option<Object>>,
    pub(super) leases: Fact<Vec<Object>>,
    pub(super) accounts: Fact<Vec<Object>>,
    pub(super) roles: Fact<Vec<Object>>,
    pub(super) bindings: Fact<Vec<Object>>,
}

/// Lists everything at once, in three batches.
pub(super) async fn lists(reader: &ClusterReader) -> Lists {
    let all = |api, kind| reader.list(api, kind, None, "");
    let in_system_namespace = |api, kind| reader.list(api, kind, Some(SYSTEM_NAMESPACE), "");
    let (nodes, pods, services, slices, namespaces, crds) = tokio::join!(
        Box::pin(all("v1", "Node")),
        Box::pin(all("v1", "Pod")),
        Box::pin(all("v1", "Service")),
        Box::pin(all("discovery.k8s.io/v1", "EndpointSlice")),
        Box::pin(all("v1", "Namespace")),
        Box::pin(all("apiextensions.k8s.io/v1", "CustomResourceDefinition")),
    );
    let (mutating, validating, secrets, labelled, deployments) = tokio::join!(
        Box::pin(all(ADMISSION_API, "MutatingWebhookConfiguration")),
        Box::pin(all(ADMISSION_API, "ValidatingWebhookConfiguration")),
        Box::pin(in_system_namespace("v1", "Secret")),
        Box::pin(reader.list("v1", "Secret", None, MULTI_CLUSTER_LABEL)),
        Box::pin(in_system_namespace("apps/v1", "Deployment")),
    );
    let (maps, mesh, leases, accounts, roles, bindings) = tokio::join!(
        Box::pin(reader.list("v1", "ConfigMap", None, CONFIG_SELECTOR)),
        Box::pin(reader.get("v1", "ConfigMap", Some(SYSTEM_NAMESPACE), MESH_CONFIG_MAP)),
        Box::pin(reader.list(
            "coordination.k8s.io/v1",
            "Lease",
            Some("kube-node-lease"),
            ""
        )),
        Box::pin(in_system_namespace("v1", "ServiceAccount")),
        Box::pin(all(RBAC_API, "ClusterRole")),
        Box::pin(all(RBAC_API, "ClusterRoleBinding")),
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
        maps,
        mesh,
        leases,
        accounts,
        roles,
        bindings,
    }
}

/// Reads each object of a list.
pub(super) fn each<T>(list: &Fact<Vec<Object>>, read: impl Fn(&Object) -> T) -> Fact<Vec<T>> {
    let list = list.as_ref().map_err(Clone::clone)?;
    Ok(list.iter().map(read).collect())
}

/// Reads several facts from each object of a list.
pub(super) fn several<T>(
    list: &Fact<Vec<Object>>,
    read: impl Fn(&Object) -> Vec<T>,
) -> Fact<Vec<T>> {
    let list = list.as_ref().map_err(Clone::clone)?;
    Ok(list.iter().flat_map(read).collect())
}
