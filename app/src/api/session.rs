//! Who is logged in.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::session::SessionView;

type Answer<T> = Result<T, AppError>;

/// The session behind the page.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json, output = Json)]
pub async fn session() -> Answer<SessionView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.session(&caller))
}
