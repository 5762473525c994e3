//! What every request passes: exact Host, a session, and for what changes something our own Origin.
//!
//! Deny by default: a path that is not listed as public needs a session; a method that is not GET or
//! HEAD needs our exact Origin, `Sec-Fetch-Site: same-origin` and JSON.

use crate::login::session_of;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use console::Console;
use std::sync::Arc;

/// What the guard knows.
#[derive(Clone)]
pub(crate) struct Guard {
    /// The console, which knows the sessions.
    pub(crate) console: Console,
    /// Hosts under which we answer, with their port.
    pub(crate) hosts: Arc<[String]>,
}

/// Who may ask for a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Anybody.
    Public,
    /// Whoever has a session.
    Session,
}

/// Who may ask for `path`; what is not listed needs a session.
pub(crate) fn class(path: &str) -> Class {
    let file = |folder: &str| path.starts_with(folder) && !path.contains("..");
    match path {
        "/healthz" | "/favicon.svg" | "/robots.txt" | "/login" => Class::Public,
        _ if file("/pkg/") || file("/fonts/") => Class::Public,
        _ => Class::Session,
    }
}

/// The middleware around everything.
pub(crate) async fn guard(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut response = match guard.pass(&mut request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => *refusal,
    };
    secure(response.headers_mut());
    response
}

impl Guard {
    fn pass(&self, request: &mut Request<Body>) -> Result<(), Box<Response>> {
        let refuse =
            |status: StatusCode, why: &'static str| Box::new((status, why).into_response());
        let host = host_of(request).unwrap_or_default().to_owned();
        if !self.hosts.contains(&host) {
            return Err(refuse(StatusCode::MISDIRECTED_REQUEST, "unknown host"));
        }
        if changes(request.method()) && !ours(request.headers(), &host) {
            return Err(refuse(
                StatusCode::FORBIDDEN,
                "not from this console's own page",
            ));
        }
        let path = request.uri().path().to_owned();
        let session = session_of(request.headers());
        let caller = session.and_then(|session| self.console.caller(&session).ok().flatten());
        match (class(&path), caller) {
            (_, Some(caller)) => {
                request.extensions_mut().insert(caller);
                Ok(())
            }
            (Class::Public, None) => Ok(()),
            (Class::Session, None) if is_page(request) => {
                Err(Box::new(Redirect::to("/login").into_response()))
            }
            (Class::Session, None) => Err(refuse(StatusCode::UNAUTHORIZED, "nobody is logged in")),
        }
    }
}

fn host_of(request: &Request<Body>) -> Option<&str> {
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

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// Whether a request that changes something comes from our own page.
fn ours(headers: &HeaderMap, host: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let json = text("content-type").is_some_and(|kind| {
        kind.split(';').next().unwrap_or_default().trim() == "application/json"
    });
    json && text("origin") == Some(format!("http://{host}").as_str())
        && text("sec-fetch-site") == Some("same-origin")
}

/// Whether the browser asks for a page, so that it can be led to the login.
fn is_page(request: &Request<Body>) -> bool {
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    request.method() == Method::GET && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn secure(headers: &mut HeaderMap) {
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages bring their own, with a nonce; everything else may run nothing at all.
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
    fn what_is_not_listed_needs_a_session() {
        for path in [
            "/",
            "/clusters",
            "/api/anything",
            "/live",
            "/logout",
            "/pkg/../secret",
            "/new",
        ] {
            assert_eq!(class(path), Class::Session, "{path}");
        }
        for path in ["/healthz", "/login", "/pkg/meshspan.js", "/fonts/x.woff2"] {
            assert_eq!(class(path), Class::Public, "{path}");
        }
    }
}
