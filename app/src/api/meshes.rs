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

type Answer<T> = Result<T, AppError>;

/// All meshes.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn meshes() -> Answer<Vec<MeshRow>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.meshes(&caller).await?)
}

/// One mesh with its steps.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn mesh(name: MeshName) -> Answer<MeshView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.mesh(&caller, &name).await?)
}

/// Begins a mesh.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn new_mesh(request: NewMeshRequest) -> Answer<MeshName> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.new_mesh(&caller, request).await?)
}

/// Forgets a mesh; nothing on a cluster changes.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn forget_mesh(name: MeshName) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.forget_mesh(&caller, &name).await?)
}

/// Goes on from the checks.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn accept_mesh_checks(name: MeshName) -> Answer<MeshView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.accept_checks(&caller, &name).await?)
}

/// Chooses the address by which the primary is to reach a remote.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn choose_address(request: ChooseAddressRequest) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.choose_address(&caller, request).await?)
}

/// What a step would do.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn mesh_plan(step: StepRef) -> Answer<StepPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.plan_step(&caller, &step)).await?)
}

/// Carries a step out, as a job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn mesh_step(step: StepRef) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.run_step(&caller, &step)).await?)
}

/// What the control plane and the product page say.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn mesh_verdict(name: MeshName) -> Answer<VerificationView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.verify_mesh(&caller, &name)).await?)
}

/// What a new token for a remote's reader would change.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn rotation_plan(mesh: MeshName, remote: ClusterName) -> Answer<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.plan_rotation(&caller, &mesh, &remote)).await?)
}

/// Gives a remote's reader a new token, as a job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn rotate(mesh: MeshName, remote: ClusterName) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.rotate(&caller, &mesh, &remote)).await?)
}

/// What taking a remote out of the mesh would do.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn leave_plan(mesh: MeshName, remote: ClusterName) -> Answer<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.plan_leave(&caller, &mesh, &remote)).await?)
}

/// Takes a remote out of the mesh, as a job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn leave(mesh: MeshName, remote: ClusterName) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.leave(&caller, &mesh, &remote)).await?)
}

/// What a mesh has left on one of its clusters.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn clear_plan(mesh: MeshName, cluster: ClusterName) -> Answer<CleanupPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.plan_cleanup(&caller, &mesh, &cluster)).await?)
}

/// Takes away what was chosen of it, as a job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn clear(request: CleanupRequest) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.clear(&caller, request)).await?)
}

/// Points a remote at the addresses that are good now, as a job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn repoint(mesh: MeshName, remote: ClusterName) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.update_remote_addresses(&caller, &mesh, &remote)).await?)
}

/// Tries the ways between the clusters from within; the stream tells what came of it.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn try_ways(mesh: MeshName) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Box::pin(console.test_connectivity(&caller, &mesh)).await?;
    Ok(())
}

/// Looks at everything of a mesh again; the stream tells what comes of it.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn look_again(mesh: MeshName) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.recheck_mesh(&caller, &mesh).await?)
}

/// The kubeconfig by which a primary reads a remote, in plain; the audit has a line of it.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn reveal_kubeconfig(mesh: MeshName, remote: ClusterName) -> Answer<Revealed> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.reveal_kubeconfig(&caller, &mesh, &remote)).await?)
}
