//! Who is logged in.

use crate::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use wire::session::SessionView;

type Answer<T> = Result<T, AppError>;

/// The session behind the page.
///
/// # Errors
/// What the use case says, as a problem.
#[server(input = Json)]
pub async fn session() -> Answer<SessionView> {
    let (console, caller) = crate::ssr::backend()?;
    Ok(console.session(&caller))
}
