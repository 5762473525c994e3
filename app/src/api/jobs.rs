//! Jobs.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    JobId,
    job::{JobRow, JobView},
};

type Answer<T> = Result<T, AppError>;

/// The newest jobs.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn jobs() -> Answer<Vec<JobRow>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.jobs(&caller).await?)
}

/// One job, as it stands.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn job(id: JobId) -> Answer<JobView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.job(&caller, &id).await?)
}

/// Asks a job to end.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn stop_job(id: JobId) -> Answer<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.stop_job(&caller, &id).await?)
}

/// Goes on where a job stopped, as a new job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn continue_job(id: JobId) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.resume_job(&caller, &id).await?)
}
