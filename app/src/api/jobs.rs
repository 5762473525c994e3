//! Jobs.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    JobId,
    job::{JobRow, JobView},
};

type ApiResult<T> = Result<T, AppError>;

/// The newest jobs.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "jobs")]
pub async fn jobs() -> ApiResult<Vec<JobRow>> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.jobs(&caller).await?)
}

/// One job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "job")]
pub async fn job(id: JobId) -> ApiResult<JobView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.job(&caller, &id).await?)
}

/// Stops a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "stop_job")]
pub async fn stop_job(id: JobId) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.stop_job(&caller, &id).await?)
}

/// Resumes a job where it stopped, as a new job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "resume_job")]
pub async fn resume_job(id: JobId) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.resume_job(&caller, &id).await?)
}
