//! The answers that programs give.
//!
//! Start at [`json`].

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

pub(super) fn json(code: StatusCode, value: &Value) -> Response<Bytes> {
    reply(code, "application/json", value.to_string())
}

pub(super) fn html(page: String) -> Response<Bytes> {
    reply(StatusCode::OK, "text/html; charset=utf-8", page)
}

pub(super) fn text(code: StatusCode, said: &str) -> Response<Bytes> {
    reply(code, "text/plain; charset=utf-8", said.to_owned())
}

pub(super) fn not_found() -> Response<Bytes> {
    text(StatusCode::NOT_FOUND, "404 page not found\n")
}

fn reply(code: StatusCode, sort: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = code;
    let sort = HeaderValue::from_static(sort);
    response.headers_mut().insert(header::CONTENT_TYPE, sort);
    response
}
