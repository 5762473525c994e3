//! Meshes.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    JobId, MeshName,
    mesh::{ChooseAddressRequest, MeshRow, MeshView, NewMeshRequest, StepPlanView, StepRef},
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
    Ok(Box::pin(console.mesh_plan(&caller, &step)).await?)
}

/// Carries a step out, as a job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn mesh_step(step: StepRef) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(Box::pin(console.mesh_step(&caller, &step)).await?)
}
