//! The log: its format, and one span with an id for each request.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use std::io::IsTerminal as _;
use tracing::Instrument as _;
use tracing_subscriber::{EnvFilter, filter::Directive};

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

/// The environment variable with the filter of the log.
const FILTER_VARIABLE: &str = "MESHSPAN_LOG";
/// The filter without that variable.
const DEFAULT_FILTER: &str = "info,tower_http=warn";
/// The crates that log bodies and headers, which are Secrets and tokens; no filter shows their lines.
const SILENCED: [&str; 5] = ["kube", "kube_client", "kube_runtime", "hyper", "h2"];

/// The filter of the log, from the text of the variable.
fn filter(text: Option<&str>) -> EnvFilter {
    let chosen = text.and_then(|text| EnvFilter::try_new(text).ok());
    let filter = chosen.unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER));
    let silenced = SILENCED.into_iter().map(|name| format!("{name}=off"));
    silenced
        .filter_map(|directive| directive.parse::<Directive>().ok())
        .fold(filter, EnvFilter::add_directive)
}

/// Initializes logging to standard error. `MESHSPAN_LOG` sets the filter, `info` by default.
#[expect(
    clippy::disallowed_methods,
    reason = "the filter of the log is read from the environment"
)]
pub(crate) fn init(format: LogFormat) {
    let text = std::env::var(FILTER_VARIABLE).ok();
    let filter = filter(text.as_deref());
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io, sync::Arc};
    use tracing_subscriber::fmt::MakeWriter;

    /// A log in memory.
    #[derive(Clone, Default)]
    struct Lines(Arc<parking_lot::Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Lines {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn no_filter_shows_what_kubernetes_clients_log() {
        for text in [
            None,
            Some("trace"),
            Some("debug,kube_client=trace"),
            Some("?"),
        ] {
            let lines = Lines::default();
            let log = tracing_subscriber::fmt()
                .with_env_filter(filter(text))
                .with_writer(lines.clone())
                .finish();
            tracing::subscriber::with_default(log, || {
                tracing::warn!(target: "kube_client::client", "a body");
                tracing::error!(target: "kube_runtime::watcher", "a body");
                tracing::warn!(target: "hyper::proto", "a header");
                tracing::warn!("a line of our own");
            });
            let shown = String::from_utf8(lines.0.lock().clone()).expect("text");
            assert!(shown.contains("of our own"), "{text:?}: {shown}");
            assert!(
                !shown.contains("a body") && !shown.contains("a header"),
                "{text:?}: {shown}"
            );
        }
    }
}
