//! The HTTP responses of programs.
//!
//! Start at [`json`].

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

/// A response with a JSON body.
pub fn json(code: StatusCode, value: &Value) -> Response<Bytes> {
    response(code, "application/json", value.to_string())
}

/// A response with an HTML page.
pub fn html(page: String) -> Response<Bytes> {
    response(StatusCode::OK, "text/html; charset=utf-8", page)
}

/// A response with a plain text.
pub fn text(code: StatusCode, body: &str) -> Response<Bytes> {
    response(code, "text/plain; charset=utf-8", body.to_owned())
}

/// The response of Go's HTTP server to an unknown path.
pub fn not_found() -> Response<Bytes> {
    text(StatusCode::NOT_FOUND, "404 page not found\n")
}

fn response(code: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = code;
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}
