//! Drafts of installations.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    DraftId, JobId,
    install::{DraftView, EditRequest, NewDraftRequest, ParametersView, ReviewView, TargetRequest},
};

type Answer<T> = Result<T, AppError>;

/// Begins a draft.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn new_draft(request: NewDraftRequest) -> Answer<DraftId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.new_draft(&caller, request).await?)
}

/// A draft.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn draft(id: DraftId) -> Answer<DraftView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.draft(&caller, &id).await?)
}

/// Sets where a draft goes.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn set_target(request: TargetRequest) -> Answer<DraftView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.set_target(&caller, request).await?)
}

/// Accepts the warnings of the checks, or no longer.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn accept_warnings(id: DraftId, accepted: bool) -> Answer<DraftView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.accept_warnings(&caller, &id, accepted).await?)
}

/// The parameters of a draft.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn parameters(id: DraftId) -> Answer<ParametersView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.parameters(&caller, &id).await?)
}

/// Changes the parameters of a draft.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn edit_parameters(request: EditRequest) -> Answer<ParametersView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.edit(&caller, request).await?)
}

/// The chart's defaults with the draft's values over them.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn effective_values(id: DraftId) -> Answer<String> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.effective_values(&caller, &id).await?)
}

/// What deploying a draft would do.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn review(id: DraftId) -> Answer<ReviewView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.review(&caller, &id).await?)
}

/// Deploys a draft, as a job.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn deploy(id: DraftId) -> Answer<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.deploy(&caller, &id).await?)
}
