//! Clusters.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ClusterName,
    cluster::{
        AccessCommandsView, AddClustersRequest, AddMountedRequest, ClusterListView, ClusterView,
        ClustersRequest, ColourRequest, ContextView, MountedView, NetworkView,
        OverrideNetworkRequest, ProbeLine, ProbeRequest, ReadKubeconfigRequest, RenameRequest,
        ReplaceRequest,
    },
    sandbox::{FaultView, SetFaultRequest},
};

type ApiResult<T> = Result<T, AppError>;

/// All clusters with their facts.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "clusters")]
pub async fn clusters() -> ApiResult<Vec<ClusterView>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.clusters(&caller).await)
}

/// A window of the clusters.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "cluster_list")]
pub async fn cluster_list(request: ClustersRequest) -> ApiResult<ClusterListView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.cluster_list(&caller, &request).await)
}

/// One cluster.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "cluster")]
pub async fn cluster(name: ClusterName) -> ApiResult<ClusterView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.cluster(&caller, &name).await)
}

/// Checks the contexts of a kubeconfig; nothing is stored.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "check_kubeconfig")]
pub async fn check_kubeconfig(request: ReadKubeconfigRequest) -> ApiResult<Vec<ContextView>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.read_kubeconfig(&caller, request).await)
}

/// The commands that create a service account for this console on a cluster.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "service_account_commands")]
pub async fn service_account_commands() -> ApiResult<AccessCommandsView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.cluster_admission(&caller).await)
}

/// Adds clusters from the contexts of a kubeconfig.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "add_clusters")]
pub async fn add_clusters(request: AddClustersRequest) -> ApiResult<Vec<ClusterName>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.add_clusters(&caller, request).await)
}

/// The cluster in which the console runs, when it can be added.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "in_cluster")]
pub async fn in_cluster() -> ApiResult<Option<MountedView>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.mounted_cluster(&caller).await)
}

/// Adds the cluster in which the console runs.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "add_in_cluster")]
pub async fn add_in_cluster(request: AddMountedRequest) -> ApiResult<ClusterName> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.add_mounted_cluster(&caller, request).await)
}

/// Removes a cluster from the console; nothing on the cluster changes.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "remove_cluster")]
pub async fn remove_cluster(name: ClusterName) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.remove_cluster(&caller, &name).await)
}

/// One stage of the probe of a kubeconfig context.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "probe_context")]
pub async fn probe_context(request: ProbeRequest) -> ApiResult<Vec<ProbeLine>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.probe(&caller, request).await)
}

/// Renames a cluster in this console.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "rename_cluster")]
pub async fn rename_cluster(request: RenameRequest) -> ApiResult<ClusterName> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.rename_cluster(&caller, request).await)
}

/// Gives a cluster another colour.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "set_cluster_colour")]
pub async fn set_cluster_colour(request: ColourRequest) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.set_cluster_colour(&caller, request).await)
}

/// Replaces the credentials of a cluster.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "replace_credentials")]
pub async fn replace_credentials(request: ReplaceRequest) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.replace_credential(&caller, request).await)
}

/// The network and CIDRs of a cluster, and its meshes.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "cluster_network")]
pub async fn cluster_network(name: ClusterName) -> ApiResult<NetworkView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.cluster_network(&caller, &name).await)
}

/// Stores the network and CIDRs that an operator entered.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "override_cluster_network")]
pub async fn override_cluster_network(request: OverrideNetworkRequest) -> ApiResult<NetworkView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.override_cluster_network(&caller, request).await)
}

/// The faults of a sandbox cluster.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "sandbox_faults")]
pub async fn sandbox_faults(name: ClusterName) -> ApiResult<Vec<FaultView>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.sandbox_faults(&caller, &name).await)
}

/// Requests or ends a fault of a sandbox cluster.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "set_sandbox_fault")]
pub async fn set_sandbox_fault(request: SetFaultRequest) -> ApiResult<Vec<FaultView>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.set_sandbox_fault(&caller, request).await)
}
