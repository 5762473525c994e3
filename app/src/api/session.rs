//! The sessions of the caller.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::session::{SessionEnd, SessionView, SessionsView};

type ApiResult<T> = Result<T, AppError>;

/// The session of the caller.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "session")]
pub async fn session() -> ApiResult<SessionView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.session(&caller))
}

/// The sessions of the caller.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "sessions")]
pub async fn sessions() -> ApiResult<SessionsView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.sessions(&caller).await)
}

/// Ends a session of the caller.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "end_session")]
pub async fn end_session(id: String) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.end_session(&caller, &id).await)
}

/// Ends all sessions of the caller.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "log_out_everywhere")]
pub async fn log_out_everywhere() -> ApiResult<SessionEnd> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.log_out_everywhere(&caller).await)
}
