//! Releases.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    JobId,
    release::{ReleaseRef, ReleaseView, ReleasesView, UninstallView},
};

type Answer<T> = Result<T, AppError>;

/// All releases of all clusters.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn releases() -> Answer<ReleasesView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.releases(&caller).await?)
}

/// A release's page.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn release(at: ReleaseRef) -> Answer<ReleaseView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.release(&caller, &at).await?)
}

/// What taking a release away would do.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn plan_uninstall(at: ReleaseRef) -> Answer<UninstallView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.plan_uninstall(&caller, &at).await?)
}

/// Takes a release away, as a job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn uninstall(at: ReleaseRef) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.uninstall(&caller, &at).await?)
}
