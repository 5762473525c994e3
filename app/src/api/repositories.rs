//! Repositories of charts, and uploads.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ChartRef, Repository,
    repository::{ProbeView, RepositoryRequest, RepositoryView, UploadRequest},
};

type Answer<T> = Result<T, AppError>;

/// All repositories, as they stand.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn repositories() -> Answer<Vec<RepositoryView>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.repositories(&caller).await?)
}

/// Looks at a repository; nothing is kept.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn probe_repository(request: RepositoryRequest) -> Answer<ProbeView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.probe_repository(&caller, request).await?)
}

/// Adds a repository.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn add_repository(request: RepositoryRequest) -> Answer<Repository> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.add_repository(&caller, request).await?)
}

/// Reads a repository again.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn refresh_repository(name: Repository) -> Answer<RepositoryView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.refresh_repository(&caller, &name).await?)
}

/// Forgets a repository.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn remove_repository(name: Repository) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.remove_repository(&caller, &name).await?)
}

/// Takes a chart's archive. Its path is its own, for it may bring more bytes than any other.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json, endpoint = "upload_chart")]
pub async fn upload_chart(request: UploadRequest) -> Answer<ChartRef> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.upload_chart(&caller, request).await?)
}

/// Takes an uploaded chart away.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn remove_upload(chart: ChartRef) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.remove_upload(&caller, &chart).await?)
}
