//! The server side of a request: the console, the caller, and the base path.

use crate::{AppError, BasePath};
use console::{Caller, Console, visible_view};
use leptos::prelude::{provide_context, use_context};
use leptos_router::location::RequestUrl;
use serde::{Serialize, de::DeserializeOwned};
use wire::{Code, Problem};

/// The id of the browser files that the server serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildId(pub String);

/// The id of a request, under which the log of the server has its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

impl From<console::Error> for AppError {
    fn from(error: console::Error) -> Self {
        let parts = use_context::<http::request::Parts>();
        let id = parts.and_then(|parts| parts.extensions.get::<RequestId>().cloned());
        Self(Problem {
            request_id: id.map(|RequestId(id)| id),
            ..Problem::from(&error)
        })
    }
}

/// The console and the caller.
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

/// The result of a use case as a page shows it: characters of charts and clusters that hide or reorder what
/// an operator reads are marks.
///
/// # Errors
/// The problem of the use case.
pub(crate) fn shown<T: Serialize + DeserializeOwned>(
    result: Result<T, console::Error>,
) -> Result<T, AppError> {
    visible_view(result?).map_err(|_| AppError(Problem::new(Code::Internal)))
}

/// Puts the base path into the context of a page. The path of the request has no base path: the server
/// removes it before it routes the request, and the router of the pages expects it.
pub fn provide_base_path(base: &BasePath) {
    if let Some(parts) = use_context::<http::request::Parts>().filter(|_| !base.is_root()) {
        let path = parts.uri.path_and_query();
        let path = path.map_or("", http::uri::PathAndQuery::as_str);
        // The overview has the base path as its path, without a trailing slash.
        let overview = path.strip_prefix('/');
        let overview = overview.filter(|rest| rest.is_empty() || rest.starts_with('?'));
        provide_context(RequestUrl::new(&base.join(overview.unwrap_or(path))));
    }
    provide_context(base.clone());
}

/// The cookies of the request, in one line.
pub(crate) fn cookies() -> String {
    let parts = use_context::<http::request::Parts>();
    let header = parts.and_then(|parts| parts.headers.get(http::header::COOKIE).cloned());
    header
        .and_then(|value| value.to_str().ok().map(str::to_owned))
        .unwrap_or_default()
}
