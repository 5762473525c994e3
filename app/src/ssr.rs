//! What only the server has: the console, and who asks.

use crate::AppError;
use console::{Caller, Console};
use leptos::prelude::use_context;
use wire::{Code, Problem};

impl From<console::Error> for AppError {
    fn from(error: console::Error) -> Self {
        Self(Problem::from(&error))
    }
}

/// The console and whoever asks.
///
/// # Errors
/// `not-logged-in` when the request carries no session.
pub fn backend() -> Result<(Console, Caller), AppError> {
    let problem = |code| AppError(Problem::new(code));
    let console = use_context::<Console>().ok_or_else(|| problem(Code::Internal))?;
    let parts = use_context::<http::request::Parts>().ok_or_else(|| problem(Code::Internal))?;
    let caller = parts.extensions.get::<Caller>().cloned();
    Ok((console, caller.ok_or_else(|| problem(Code::NotLoggedIn))?))
}

/// The request's cookies, as one line.
pub fn cookies() -> String {
    let parts = use_context::<http::request::Parts>();
    let header = parts.and_then(|parts| parts.headers.get(http::header::COOKIE).cloned());
    header
        .and_then(|value| value.to_str().ok().map(str::to_owned))
        .unwrap_or_default()
}
