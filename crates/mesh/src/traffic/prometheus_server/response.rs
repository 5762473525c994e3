//! The responses of Prometheus' HTTP API. Pure.

use super::PrometheusError;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use wire::mesh::PrometheusRef;

/// The longest text of a server that an error has.
const MAX_REASON: usize = 300;

/// A response: `data` with the status "success", else `error`.
#[derive(Deserialize)]
struct Response<T> {
    status: String,
    data: Option<T>,
    #[serde(default)]
    error: String,
}

/// The result of a query over a window.
#[derive(Deserialize)]
struct Matrix {
    result: Vec<Series>,
}

/// The values of one set of labels: seconds, and the number as text.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Series {
    metric: BTreeMap<String, String>,
    values: Vec<(f64, String)>,
}

impl Series {
    /// The value of a label, or "".
    pub(super) fn label(&self, name: &str) -> &str {
        self.metric.get(name).map_or("", String::as_str)
    }

    /// The finite values, each with its time in seconds.
    pub(super) fn values(&self) -> impl Iterator<Item = (i64, f64)> {
        let values = self.values.iter();
        let values =
            values.filter_map(|(at, value)| Some((*at as i64, value.parse::<f64>().ok()?)));
        values.filter(|(_, value)| value.is_finite())
    }
}

/// What is wrong with a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure(String);

impl Failure {
    /// The error of a server.
    pub(super) fn of(self, server: &PrometheusRef) -> PrometheusError {
        PrometheusError::Malformed {
            server: server.clone(),
            reason: self.0,
        }
    }
}

/// The series of a query over a window.
pub(super) fn series(body: &str) -> Result<Vec<Series>, Failure> {
    data::<Matrix>(body).map(|matrix| matrix.result)
}

/// The names of metrics.
pub(super) fn names(body: &str) -> Result<Vec<String>, Failure> {
    data(body)
}

fn data<T: DeserializeOwned>(body: &str) -> Result<T, Failure> {
    let response: Response<T> =
        serde_json::from_str(body).map_err(|error| Failure(error.to_string()))?;
    match response.data.filter(|_| response.status == "success") {
        Some(data) => Ok(data),
        None => Err(Failure(short(&response.error))),
    }
}

/// What a server says in an error: the message of Prometheus, else the text.
pub(super) fn reason(body: &str) -> String {
    let response: Option<Response<serde_json::Value>> = serde_json::from_str(body).ok();
    let error = response.map(|response| response.error);
    short(error.as_deref().unwrap_or(body))
}

fn short(text: &str) -> String {
    text.trim().chars().take(MAX_REASON).collect()
}
