//! The log: its format, and one span with an id for each request.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use std::io::IsTerminal as _;
use tracing::Instrument as _;
use tracing_subscriber::EnvFilter;

/// The response header with the id under which the log has the lines of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The format of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// One line of text for each event.
    #[default]
    Text,
    /// One JSON object for each event, with the fields of its spans.
    Json,
}

/// Initializes logging to standard error. `MESHSPAN_LOG` sets the filter, `info` by default.
pub(crate) fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_env("MESHSPAN_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,tower_http=warn,kube=off"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A log that cannot be written must not disturb what it reports.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// The outermost middleware: gives the request an id, which is in its span, in the response and on the
/// page when the request fails. The query is not logged: the one of a login link has a token.
pub(crate) async fn with_request_id(mut request: Request, next: Next) -> Response {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let span = tracing::info_span!(
        "request",
        %id,
        method = %request.method(),
        path = request.uri().path(),
    );
    let header = HeaderValue::from_str(&id);
    request.extensions_mut().insert(app::ssr::RequestId(id));
    let mut response = next.run(request).instrument(span).await;
    if let Ok(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    response
}
