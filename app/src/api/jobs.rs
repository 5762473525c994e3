//! Jobs.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    JobId, ReviewId,
    job::{HookLog, JobListView, JobView, JobsRequest, ResumeView},
    review::PlanDifferences,
};

type ApiResult<T> = Result<T, AppError>;

/// A window of the jobs.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "jobs")]
pub async fn jobs(request: JobsRequest) -> ApiResult<JobListView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.jobs(&caller, &request).await)
}

/// One job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "job")]
pub async fn job(id: JobId) -> ApiResult<JobView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.job(&caller, &id).await)
}

/// Stops a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "stop_job")]
pub async fn stop_job(id: JobId) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.stop_job(&caller, &id).await)
}

/// The logs of the hooks of a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "job_logs")]
pub async fn job_logs(id: JobId) -> ApiResult<Vec<HookLog>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.job_logs(&caller, &id).await)
}

/// Deletes the backup of a job.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "delete_backup")]
pub async fn delete_backup(id: JobId) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.delete_backup(&caller, &id).await)
}

/// The plan of what is left of a job that was interrupted or failed.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "resume_plan")]
pub async fn resume_plan(id: JobId) -> ApiResult<ResumeView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_resume(&caller, &id).await)
}

/// The plan of the removal of what a job installed.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "undo_plan")]
pub async fn undo_plan(id: JobId) -> ApiResult<ResumeView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_undo(&caller, &id).await)
}

/// Starts what was shown, by the id of its review and the name that confirms it, as a job.
///
/// # Errors
/// The problem of the use case; nothing is started when something changed since.
#[server(input = Json, output = Json, endpoint = "start_reviewed")]
pub async fn start_reviewed(review: ReviewId, typed: Option<String>) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(
        console
            .start_reviewed(&caller, &review, typed.as_deref())
            .await,
    )
}

/// What differs between a plan that was shown and the one that is shown instead of it.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "compare_plans")]
pub async fn compare_plans(shown: ReviewId, now: ReviewId) -> ApiResult<PlanDifferences> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_differences(&caller, &shown, &now).await)
}
