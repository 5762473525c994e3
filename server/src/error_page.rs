//! Errors as pages: where a person opens a URL in a browser, an error has a title, a heading and a link.
//!
//! Programs get errors as they are. Start at [`for_browser`].

use app::{AppError, BasePath, error_page, ssr::RequestId};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};

/// The maximum size of the body of an error.
const MAX_ERROR_BYTES: usize = 1 << 20;
/// The files of the console, no script.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Makes a page of an error that a browser shows to a person.
pub(crate) async fn for_browser(
    State(base): State<BasePath>,
    request: Request,
    next: Next,
) -> Response {
    let is_opened = request.method() == Method::GET && accepts_html(request.headers());
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_opened || !is_error || is_html(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_ERROR_BYTES).await.unwrap_or_default();
    let error: Option<AppError> = serde_json::from_slice(&body).ok();
    let html = error_page(&base, status, error.as_ref(), id.as_ref());
    let constant = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    for (name, value) in constant {
        parts.headers.insert(name, HeaderValue::from_static(value));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(html))
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
