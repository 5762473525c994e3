//! Clusters.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ClusterName,
    cluster::{
        AccessCommandsView, AddClustersRequest, AddMountedRequest, ClusterView, ContextView,
        MountedView, NetworkView, OverrideNetworkRequest, ProbeLine, ProbeRequest,
        ReadKubeconfigRequest, RenameRequest, ReplaceRequest,
    },
};

type Answer<T> = Result<T, AppError>;

/// All clusters, with what they say of themselves.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn clusters() -> Answer<Vec<ClusterView>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.clusters(&caller).await?)
}

/// One cluster.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn cluster(name: ClusterName) -> Answer<ClusterView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.cluster(&caller, &name).await?)
}

/// Reads a kubeconfig and judges its contexts; nothing is kept.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn read_kubeconfig(request: ReadKubeconfigRequest) -> Answer<Vec<ContextView>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.read_kubeconfig(&caller, request).await?)
}

/// What an administrator of a cluster does there to let this console in.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn cluster_admission() -> Answer<AccessCommandsView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.cluster_admission(&caller).await?)
}

/// Adds clusters from the contexts of a kubeconfig.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn add_clusters(request: AddClustersRequest) -> Answer<Vec<ClusterName>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.add_clusters(&caller, request).await?)
}

/// The cluster in which the console runs, when it can be added.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn mounted_cluster() -> Answer<Option<MountedView>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.mounted_cluster(&caller).await?)
}

/// Registers the cluster in which the console runs.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn add_mounted_cluster(request: AddMountedRequest) -> Answer<ClusterName> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.add_mounted_cluster(&caller, request).await?)
}

/// Forgets a cluster; nothing on it changes.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn remove_cluster(name: ClusterName) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.remove_cluster(&caller, &name).await?)
}

/// One part of what can be known of a context before it is added.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn probe(request: ProbeRequest) -> Answer<Vec<ProbeLine>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.probe(&caller, request)).await?)
}

/// Gives a cluster another name here.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn rename_cluster(request: RenameRequest) -> Answer<ClusterName> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.rename_cluster(&caller, request).await?)
}

/// Gives the console another credential for a cluster.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn replace_credential(request: ReplaceRequest) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.replace_credential(&caller, request)).await?)
}

/// What is known of a cluster's network and ranges, and its parts in meshes.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn cluster_network(name: ClusterName) -> Answer<NetworkView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.cluster_network(&caller, &name)).await?)
}

/// Keeps what a person typed of a cluster's network and ranges.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn tell_cluster(request: OverrideNetworkRequest) -> Answer<NetworkView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.override_cluster_network(&caller, request)).await?)
}
