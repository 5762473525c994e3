//! The server side of a request: the console, the caller, the base path, and the status of a page.

use crate::{AppError, BasePath};
use console::{Caller, Console, visible_view};
use leptos::{
    prelude::{provide_context, use_context},
    reactive::{computed::ScopedFuture, owner::Owner},
};
use leptos_axum::ResponseOptions;
use leptos_router::location::RequestUrl;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use wire::{Code, Problem, Time};

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

/// The id of the session of the request, which is no secret; none without a session.
pub(crate) fn session_id() -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    let session = parts.extensions.get::<Caller>()?.session.as_ref()?;
    Some(session.as_str().to_owned())
}

/// The time of the page that is made.
#[derive(Clone, Copy)]
struct PageTime(Time);

/// The time at which the page of the request is made: the same wherever it is asked for.
pub(crate) fn page_time() -> Time {
    if let Some(PageTime(time)) = use_context() {
        return time;
    }
    let time = use_context::<Console>().map_or_else(Time::default, |console| console.time());
    provide_context(PageTime(time));
    time
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

/// How long the first bytes of a page wait for what its path names.
const NAMED_TIMEOUT: Duration = Duration::from_millis(500);

/// Answers 404 when what a page needs does not exist. When that is not known soon, the page is sent before.
pub(crate) fn answer_missing<T>(found: impl Future<Output = Result<T, AppError>> + Send + 'static) {
    let shared = Owner::current_shared_context();
    let (Some(shared), Some(response)) = (shared, use_context::<ResponseOptions>()) else {
        return;
    };
    // The stream accepts futures that can be shared only.
    let (sender, known) = tokio::sync::oneshot::channel();
    let found = tokio::time::timeout(NAMED_TIMEOUT, ScopedFuture::new(found));
    tokio::spawn(async move {
        let _ = sender.send(match found.await {
            Ok(Err(AppError(problem))) => is_missing(problem.code),
            _ => false,
        });
    });
    shared.defer_stream(Box::pin(async move {
        if known.await == Ok(true) {
            response.set_status(http::StatusCode::NOT_FOUND);
        }
    }));
}

/// Whether a page names something that does not exist, or that no name can be.
fn is_missing(code: Code) -> bool {
    matches!(code, Code::NotFound | Code::NoRelease | Code::BadName)
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
