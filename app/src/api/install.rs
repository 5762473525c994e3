//! Drafts of installations.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    DraftId,
    decision::DecideRequest,
    install::{
        DraftView, EditRequest, FoundValue, NewDraftRequest, ParametersView, ReviewView,
        TargetRequest,
    },
    upgrade::NewUpgradeRequest,
};

type ApiResult<T> = Result<T, AppError>;

/// Creates a draft.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "create_draft")]
pub async fn create_draft(request: NewDraftRequest) -> ApiResult<DraftId> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.new_draft(&caller, request).await)
}

/// Creates the draft of an upgrade.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "create_upgrade")]
pub async fn create_upgrade(request: NewUpgradeRequest) -> ApiResult<DraftId> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.new_upgrade(&caller, request).await)
}

/// A draft.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "draft")]
pub async fn draft(id: DraftId) -> ApiResult<DraftView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.draft(&caller, &id).await)
}

/// Sets the target of a draft.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "set_target")]
pub async fn set_target(request: TargetRequest) -> ApiResult<DraftView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.set_target(&caller, request).await)
}

/// Accepts the warnings of the checks, or revokes the acceptance.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "accept_warnings")]
pub async fn accept_warnings(id: DraftId, accepted: bool) -> ApiResult<DraftView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.accept_warnings(&caller, &id, accepted).await)
}

/// Sets what the operator decided in the review of a draft.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "decide")]
pub async fn decide(request: DecideRequest) -> ApiResult<DraftView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.decide(&caller, request).await)
}

/// The parameters of a draft.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "parameters")]
pub async fn parameters(id: DraftId) -> ApiResult<ParametersView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.parameters(&caller, &id).await?)
}

/// Edits the parameters of a draft.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "edit_parameters")]
pub async fn edit_parameters(request: EditRequest) -> ApiResult<ParametersView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.edit(&caller, request).await?)
}

/// The values of a draft that were found on other clusters.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "found_values")]
pub async fn found_values(id: DraftId) -> ApiResult<Vec<FoundValue>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.found_values(&caller, &id).await)
}

/// The chart's defaults merged with the values of the draft.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "effective_values")]
pub async fn effective_values(id: DraftId) -> ApiResult<String> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.effective_values(&caller, &id).await)
}

/// The default values of a draft's chart, with their comments.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "default_values")]
pub async fn default_values(id: DraftId) -> ApiResult<String> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.default_values(&caller, &id).await)
}

/// The review of a draft.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "review")]
pub async fn review(id: DraftId) -> ApiResult<ReviewView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.review(&caller, &id).await)
}
