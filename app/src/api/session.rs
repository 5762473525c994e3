//! The session of the caller.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::session::SessionView;

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
