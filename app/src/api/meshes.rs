//! Meshes.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ClusterName, JobId, MeshName,
    mesh::{
        ChooseAddressRequest, CleanupPlanView, CleanupRequest, MemberPlanView, MeshRow, MeshView,
        NewMeshRequest, Revealed, StepPlanView, StepRef, VerificationView,
    },
};

type ApiResult<T> = Result<T, AppError>;

/// All meshes.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "meshes")]
pub async fn meshes() -> ApiResult<Vec<MeshRow>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.meshes(&caller).await?)
}

/// One mesh with its steps.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "mesh")]
pub async fn mesh(name: MeshName) -> ApiResult<MeshView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.mesh(&caller, &name).await?)
}

/// Begins a mesh.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "create_mesh")]
pub async fn create_mesh(request: NewMeshRequest) -> ApiResult<MeshName> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.new_mesh(&caller, request).await?)
}

/// Forgets a mesh; nothing on a cluster changes.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "remove_mesh")]
pub async fn remove_mesh(name: MeshName) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.forget_mesh(&caller, &name).await?)
}

/// Goes on from the checks.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "accept_mesh_checks")]
pub async fn accept_mesh_checks(name: MeshName) -> ApiResult<MeshView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.accept_checks(&caller, &name).await?)
}

/// Chooses the address by which the primary is to reach a remote.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "choose_address")]
pub async fn choose_address(request: ChooseAddressRequest) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.choose_address(&caller, request).await?)
}

/// What a step would do.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "step_plan")]
pub async fn step_plan(step: StepRef) -> ApiResult<StepPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.mesh_plan(&caller, &step)).await?)
}

/// Carries a step out, as a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "execute_step")]
pub async fn execute_step(step: StepRef) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.mesh_step(&caller, &step)).await?)
}

/// What the control plane and the product page say.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "mesh_verification")]
pub async fn mesh_verification(name: MeshName) -> ApiResult<VerificationView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.mesh_verdict(&caller, &name)).await?)
}

/// What a new token for a remote's reader would change.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "rotation_plan")]
pub async fn rotation_plan(mesh: MeshName, remote: ClusterName) -> ApiResult<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.rotation_plan(&caller, &mesh, &remote)).await?)
}

/// Gives a remote's reader a new token, as a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "rotate_token")]
pub async fn rotate_token(mesh: MeshName, remote: ClusterName) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.rotate(&caller, &mesh, &remote)).await?)
}

/// What taking a remote out of the mesh would do.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "leave_plan")]
pub async fn leave_plan(mesh: MeshName, remote: ClusterName) -> ApiResult<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.leave_plan(&caller, &mesh, &remote)).await?)
}

/// Takes a remote out of the mesh, as a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "leave_mesh")]
pub async fn leave_mesh(mesh: MeshName, remote: ClusterName) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.leave(&caller, &mesh, &remote)).await?)
}

/// What a mesh has left on one of its clusters.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "cleanup_plan")]
pub async fn cleanup_plan(mesh: MeshName, cluster: ClusterName) -> ApiResult<CleanupPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.plan_clear(&caller, &mesh, &cluster)).await?)
}

/// Takes away what was chosen of it, as a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "clean_up")]
pub async fn clean_up(request: CleanupRequest) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.clear(&caller, request)).await?)
}

/// Points a remote at the addresses that are good now, as a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "update_addresses")]
pub async fn update_addresses(mesh: MeshName, remote: ClusterName) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.repoint(&caller, &mesh, &remote)).await?)
}

/// Tries the ways between the clusters from within; the stream tells what came of it.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "test_connectivity")]
pub async fn test_connectivity(mesh: MeshName) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    Box::pin(console.try_ways(&caller, &mesh)).await?;
    Ok(())
}

/// Looks at everything of a mesh again; the stream tells what comes of it.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "recheck_mesh")]
pub async fn recheck_mesh(mesh: MeshName) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.look_again(&caller, &mesh).await?)
}

/// The kubeconfig by which a primary reads a remote, in plain; the audit has a line of it.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "reveal_kubeconfig")]
pub async fn reveal_kubeconfig(mesh: MeshName, remote: ClusterName) -> ApiResult<Revealed> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.reveal_kubeconfig(&caller, &mesh, &remote)).await?)
}
