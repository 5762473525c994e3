//! Repositories and uploads.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ChartRef, Repository,
    repository::{ProbeView, RepositoryRequest, RepositoryView, UploadRequest},
};

type ApiResult<T> = Result<T, AppError>;

/// All repositories.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "repositories")]
pub async fn repositories() -> ApiResult<Vec<RepositoryView>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.repositories(&caller).await)
}

/// Tests the connection to a repository; nothing is stored.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "test_repository")]
pub async fn test_repository(request: RepositoryRequest) -> ApiResult<ProbeView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.probe_repository(&caller, request).await)
}

/// Adds a repository.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "add_repository")]
pub async fn add_repository(request: RepositoryRequest) -> ApiResult<Repository> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.add_repository(&caller, request).await)
}

/// Syncs a repository.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "sync_repository")]
pub async fn sync_repository(name: Repository) -> ApiResult<RepositoryView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.refresh_repository(&caller, &name).await)
}

/// Removes a repository from the console.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "remove_repository")]
pub async fn remove_repository(name: Repository) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.remove_repository(&caller, &name).await)
}

/// Uploads the archive of a chart. The server allows a larger body for this function than for others.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "upload_chart")]
pub async fn upload_chart(request: UploadRequest) -> ApiResult<ChartRef> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.upload_chart(&caller, request).await)
}

/// Deletes an uploaded chart.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "remove_upload")]
pub async fn remove_upload(chart: ChartRef) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.remove_upload(&caller, &chart).await)
}
