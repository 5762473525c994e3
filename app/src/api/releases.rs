//! Releases.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    JobId,
    release::{ReleaseRef, ReleaseView, ReleasesView, UninstallView},
};

type ApiResult<T> = Result<T, AppError>;

/// All releases of all clusters.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "releases")]
pub async fn releases() -> ApiResult<ReleasesView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.releases(&caller).await?)
}

/// A release's page.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "release")]
pub async fn release(at: ReleaseRef) -> ApiResult<ReleaseView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.release(&caller, &at).await?)
}

/// What taking a release away would do.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "plan_uninstall")]
pub async fn plan_uninstall(at: ReleaseRef) -> ApiResult<UninstallView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.plan_uninstall(&caller, &at).await?)
}

/// Takes a release away, as a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "uninstall")]
pub async fn uninstall(at: ReleaseRef) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.uninstall(&caller, &at).await?)
}
