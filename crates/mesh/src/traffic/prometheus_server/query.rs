//! The queries as Prometheus' HTTP API takes them. Pure.
//!
//! Every value in a query is escaped as a string of PromQL, and every parameter as a part of a URL.

use super::super::{
    istio_metrics::{LATENCIES, REQUESTS},
    places::ServicePath,
};
use jiff::Timestamp;
use std::fmt::Write as _;
use wire::mesh::TrafficView;

/// The time over which a rate is computed; the server has to scrape the proxies at least twice within it.
const RATE_WINDOW: &str = "2m";

/// A window of time in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    start: i64,
    end: i64,
}

impl Window {
    /// The last 15 minutes before `now`.
    pub(super) fn ending(now: Timestamp) -> Self {
        let end = now.as_second();
        Self {
            start: end - TrafficView::WINDOW_SECONDS,
            end,
        }
    }
}

/// The rates of the requests to a Service, by cluster, reporter and response code.
pub(super) fn requests(service: &ServicePath) -> String {
    rates(REQUESTS, service, "response_code")
}

/// The rates of the latencies of a Service, by cluster, reporter and bucket.
pub(super) fn latencies(service: &ServicePath) -> String {
    rates(LATENCIES, service, "le")
}

fn rates(metric: &str, service: &ServicePath, label: &str) -> String {
    let (name, namespace) = (quoted(&service.name), quoted(&service.namespace));
    format!(
        "sum by (reporter, source_cluster, destination_cluster, {label}) (rate({metric}\
         {{reporter=~\"source|destination\",destination_service_name={name},destination_service_namespace={namespace}}}\
         [{RATE_WINDOW}]))"
    )
}

/// A string of PromQL: in double quotes, with the escapes of Go.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            character if character.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// The path of a query over a window.
pub(super) fn range_path(expression: &str, window: Window) -> String {
    format!(
        "/api/v1/query_range?query={}&start={}&end={}&step={}",
        encoded(expression),
        window.start,
        window.end,
        TrafficView::INTERVAL_SECONDS
    )
}

/// The path of the question whether the server has Istio's metric in a window.
pub(super) fn metric_path(window: Window) -> String {
    format!(
        "/api/v1/label/__name__/values?match%5B%5D={REQUESTS}&start={}&end={}",
        window.start, window.end
    )
}

/// A text as a part of a URL.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_string() {
        let service = ServicePath {
            namespace: "shop".into(),
            name: "a\"} or {job=~\".*\\\n".into(),
        };
        let query = requests(&service);
        assert_eq!(
            query,
            "sum by (reporter, source_cluster, destination_cluster, response_code) (rate(istio_requests_total\
             {reporter=~\"source|destination\",destination_service_name=\"a\\\"} or {job=~\\\".*\\\\\\n\",\
             destination_service_namespace=\"shop\"}[2m]))"
        );
        let path = range_path(&query, Window { start: 1, end: 901 });
        let allowed =
            |character: char| character.is_ascii_alphanumeric() || "-._~%/?=&".contains(character);
        assert!(path.chars().all(allowed), "{path}");
        assert!(path.ends_with("&start=1&end=901&step=15"));
        assert_eq!(
            path.matches('&').count(),
            3,
            "the query has no parameter of its own"
        );
    }
}
