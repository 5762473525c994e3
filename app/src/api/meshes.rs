//! Meshes.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ClusterName, JobId, MeshName, ReviewId,
    job::ResumeView,
    mesh::{
        ChooseAddressRequest, CleanupPlanView, CleanupRequest, MemberPlanView, MeshOptionsView,
        MeshRow, MeshTrafficView, MeshView, NewMeshRequest, RepairRequest, Revealed,
        ServiceDetailView, ServiceListView, ServiceRef, ServicesRequest, SetPrometheusRequest,
        StepPlanView, StepRef, VerificationView,
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
    crate::ssr::shown(console.meshes(&caller).await)
}

/// One mesh with its steps.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "mesh")]
pub async fn mesh(name: MeshName) -> ApiResult<MeshView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.mesh(&caller, &name).await)
}

/// The clusters that a new mesh may have, and the names that are taken.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "mesh_options")]
pub async fn mesh_options() -> ApiResult<MeshOptionsView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.mesh_options(&caller).await)
}

/// Creates a mesh.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "create_mesh")]
pub async fn create_mesh(request: NewMeshRequest) -> ApiResult<MeshName> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.new_mesh(&caller, request).await)
}

/// Removes a mesh from the console; nothing on the clusters changes.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "remove_mesh")]
pub async fn remove_mesh(name: MeshName) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.forget_mesh(&caller, &name).await)
}

/// Accepts the checks of a mesh.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "accept_mesh_checks")]
pub async fn accept_mesh_checks(name: MeshName) -> ApiResult<MeshView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.accept_checks(&caller, &name).await)
}

/// Selects the address at which the primary reaches a remote.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "choose_address")]
pub async fn choose_address(request: ChooseAddressRequest) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.choose_address(&caller, request).await)
}

/// The plan of a step.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "step_plan")]
pub async fn step_plan(step: StepRef) -> ApiResult<StepPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_step(&caller, &step).await)
}

/// The plan of the removal of the releases of a step.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "step_undo_plan")]
pub async fn step_undo_plan(step: StepRef) -> ApiResult<ResumeView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_step_undo(&caller, &step).await)
}

/// The verification of a mesh by its control plane and the product page.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "mesh_verification")]
pub async fn mesh_verification(name: MeshName) -> ApiResult<VerificationView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.verify_mesh(&caller, &name).await)
}

/// A window of the Services of a mesh.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "mesh_services")]
pub async fn mesh_services(mesh: MeshName, request: ServicesRequest) -> ApiResult<ServiceListView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.mesh_services(&caller, &mesh, &request).await)
}

/// A Service of a mesh: its endpoints and its traffic.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "mesh_service")]
pub async fn mesh_service(at: ServiceRef) -> ApiResult<ServiceDetailView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.mesh_service(&caller, &at).await)
}

/// Pins a Service: its proxies are sampled without an open page too.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "pin_service")]
pub async fn pin_service(at: ServiceRef) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.pin_service(&caller, &at).await)
}

/// Unpins a Service.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "unpin_service")]
pub async fn unpin_service(at: ServiceRef) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.unpin_service(&caller, &at).await)
}

/// Sets the Prometheus server of a mesh after a test, or removes it.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "set_prometheus")]
pub async fn set_prometheus(request: SetPrometheusRequest) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.set_prometheus(&caller, request).await)
}

/// The requests between the clusters of a mesh.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "mesh_traffic")]
pub async fn mesh_traffic(name: MeshName) -> ApiResult<MeshTrafficView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.mesh_traffic(&caller, &name).await)
}

/// The plan of the rotation of a remote's token.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "rotation_plan")]
pub async fn rotation_plan(mesh: MeshName, remote: ClusterName) -> ApiResult<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_rotation(&caller, &mesh, &remote).await)
}

/// The plan of putting the token back that a remote had before its last rotation.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "token_restoration_plan")]
pub async fn token_restoration_plan(
    mesh: MeshName,
    remote: ClusterName,
) -> ApiResult<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(
        console
            .plan_token_restoration(&caller, &mesh, &remote)
            .await,
    )
}

/// The plan of adopting the join of a remote that another tool made.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "adoption_plan")]
pub async fn adoption_plan(mesh: MeshName, remote: ClusterName) -> ApiResult<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_adoption(&caller, &mesh, &remote).await)
}

/// The plan of removing the marks of an adoption.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "adoption_undo_plan")]
pub async fn adoption_undo_plan(mesh: MeshName, remote: ClusterName) -> ApiResult<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_adoption_undo(&caller, &mesh, &remote).await)
}

/// The plan of the remedy of a check on a cluster.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "repair_plan")]
pub async fn repair_plan(request: RepairRequest) -> ApiResult<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_repair(&caller, request).await)
}

/// The plan of the removal of a remote from the mesh.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "leave_plan")]
pub async fn leave_plan(mesh: MeshName, remote: ClusterName) -> ApiResult<MemberPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_leave(&caller, &mesh, &remote).await)
}

/// The leftovers of a mesh on one of its clusters.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "cleanup_plan")]
pub async fn cleanup_plan(mesh: MeshName, cluster: ClusterName) -> ApiResult<CleanupPlanView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_cleanup(&caller, &mesh, &cluster).await)
}

/// Deletes the selected leftovers as a job; it is confirmed with the name of the mesh.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "clean_up")]
pub async fn clean_up(
    review: ReviewId,
    request: CleanupRequest,
    typed: Option<String>,
) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    let shown = (&review, typed.as_deref());
    crate::ssr::shown(console.cleanup(&caller, shown, request).await)
}

/// Updates the stale addresses of a remote as a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "update_addresses")]
pub async fn update_addresses(mesh: MeshName, remote: ClusterName) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(
        console
            .update_remote_addresses(&caller, &mesh, &remote)
            .await,
    )
}

/// Tests the connectivity from inside the clusters; the event stream has the result.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "test_connectivity")]
pub async fn test_connectivity(mesh: MeshName) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    console.test_connectivity(&caller, &mesh).await?;
    Ok(())
}

/// Runs the checks of a mesh again; the event stream has the results.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "recheck_mesh")]
pub async fn recheck_mesh(mesh: MeshName) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.recheck_mesh(&caller, &mesh).await)
}

/// The kubeconfig of a remote secret; the access is recorded in the audit log.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "reveal_kubeconfig")]
pub async fn reveal_kubeconfig(mesh: MeshName, remote: ClusterName) -> ApiResult<Revealed> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.reveal_kubeconfig(&caller, &mesh, &remote).await?)
}
