//! The access checks of every request: the exact Host, a session, and the Origin of unsafe methods.
//!
//! Access is denied by default: a path that is not listed as public needs a session; a method other
//! than GET and HEAD needs the exact Origin of this console, `Sec-Fetch-Site: same-origin` and JSON.

use crate::{
    login::SessionToken,
    origin::{Host, Origin, SessionCookie},
    problem,
};
use app::{
    BasePath,
    urls::{login_for, next_page},
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use console::Console;
use wire::{Code, Problem};

/// The health endpoint, which probes ask for by the address of the listener.
pub(crate) const HEALTH: &str = "/healthz";

/// The state of the middleware.
#[derive(Clone)]
pub(crate) struct Guard {
    /// The console, which holds the sessions.
    pub(crate) console: Console,
    /// The accepted hosts and origins.
    pub(crate) origin: Origin,
    /// The session cookie.
    pub(crate) cookie: SessionCookie,
    /// The path below which the console is served.
    pub(crate) base: BasePath,
}

/// The access that a path requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// No session.
    Public,
    /// A session.
    Session,
}

/// The access that `path` requires; a path that is not listed requires a session.
pub(crate) fn access(path: &str) -> Access {
    let is_in = |folder: &str| path.starts_with(folder) && !path.contains("..");
    match path {
        HEALTH | "/favicon.svg" | "/robots.txt" | "/login" => Access::Public,
        _ if is_in("/pkg/") || is_in("/fonts/") => Access::Public,
        _ => Access::Session,
    }
}

/// The outermost middleware: checks the request and adds the security headers to the response.
pub(crate) async fn guard(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut response = match guard.check(&mut request).await {
        Ok(()) => next.run(request).await,
        Err(rejection) => *rejection,
    };
    add_security_headers(response.headers_mut());
    response
}

impl Guard {
    /// Checks the request and adds its [`console::Caller`]; the error is the response.
    async fn check(&self, request: &mut Request<Body>) -> Result<(), Box<Response>> {
        let reject =
            |status: StatusCode, reason: &'static str| Box::new((status, reason).into_response());
        let host = request_host(request).unwrap_or_default().to_owned();
        let path = request.uri().path().to_owned();
        match self.origin.host(&host) {
            Host::Accepted => {}
            Host::Probe | Host::Alias if path == HEALTH && !is_unsafe(request.method()) => {
                return Ok(());
            }
            Host::Alias if is_navigation(request) => return Err(Box::new(self.redirect(request))),
            Host::Probe | Host::Alias | Host::Unknown => {
                return Err(reject(StatusCode::MISDIRECTED_REQUEST, "unknown host"));
            }
        }
        if is_unsafe(request.method()) && !self.is_same_origin(request.headers(), &host) {
            return Err(reject(
                StatusCode::FORBIDDEN,
                "the request does not come from a page of this console",
            ));
        }
        let session = self.cookie.token(request.headers()).map(SessionToken::new);
        let caller = match &session {
            Some(session) => self.console.caller(session.reveal()).await.ok().flatten(),
            None => None,
        };
        match (access(&path), caller) {
            (_, Some(caller)) => {
                request.extensions_mut().insert(caller);
                if let Some(session) = session {
                    request.extensions_mut().insert(session);
                }
                Ok(())
            }
            (Access::Public, None) => Ok(()),
            (Access::Session, None) if is_page(request) => Err(Box::new(self.login(request))),
            (Access::Session, None) => {
                let not_logged_in = Problem::new(Code::NotLoggedIn);
                Err(Box::new(problem::response(not_logged_in)))
            }
        }
    }

    /// The redirect to the login, which leads to the page of the request afterwards: also by a link that is
    /// opened without the login page.
    fn login(&self, request: &Request<Body>) -> Response {
        let page = request.uri().path_and_query();
        let page = page.map_or("/", axum::http::uri::PathAndQuery::as_str);
        let redirect = Redirect::to(&self.base.join(&login_for(page)));
        match next_page(page) {
            Some(page) => {
                let cookie = self.cookie.set_next(page);
                ([(header::SET_COOKIE, cookie)], redirect).into_response()
            }
            None => redirect.into_response(),
        }
    }

    /// The redirect to the same page of the console's own origin; it sets no cookie.
    fn redirect(&self, request: &Request<Body>) -> Response {
        let path = request.uri().path_and_query();
        let path = path.map_or("/", axum::http::uri::PathAndQuery::as_str);
        Redirect::temporary(&format!("{}{path}", self.origin.url(&self.base))).into_response()
    }

    /// Whether a request with an unsafe method comes from a page of this console, loaded from `host`.
    fn is_same_origin(&self, headers: &HeaderMap, host: &str) -> bool {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let is_json = text("content-type").is_some_and(|content_type| {
            content_type.split(';').next().unwrap_or_default().trim() == "application/json"
        });
        is_json
            && text("origin").is_some_and(|origin| self.origin.is_origin(origin, host))
            && text("sec-fetch-site") == Some("same-origin")
    }
}

fn request_host(request: &Request<Body>) -> Option<&str> {
    let header = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    header.or_else(|| {
        request
            .uri()
            .authority()
            .map(axum::http::uri::Authority::as_str)
    })
}

/// Whether the method may change state.
fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Whether a person opens the request in a browser, as opposed to a page that loads something.
fn is_navigation(request: &Request<Body>) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    !is_unsafe(request.method()) && mode.is_none_or(|mode| mode == "navigate")
}

/// Whether the request is for a page, so that the browser can be redirected to the login.
fn is_page(request: &Request<Body>) -> bool {
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    request.method() == Method::GET && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn add_security_headers(headers: &mut HeaderMap) {
    let constant = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in constant {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages set a policy with a nonce; every other response may run no script.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_listed_requires_a_session() {
        for path in [
            "/",
            "/clusters",
            "/api/anything",
            "/live",
            "/logout",
            "/pkg/../secret",
            "/new",
        ] {
            assert_eq!(access(path), Access::Session, "{path}");
        }
        for path in ["/healthz", "/login", "/pkg/meshspan.js", "/fonts/x.woff2"] {
            assert_eq!(access(path), Access::Public, "{path}");
        }
    }
}
