//! Violations of a schema.
use super::message::Message;
use crate::error::SchemaError;

/// A violation with its path in the values.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub(super) path: Vec<String>,
    pub(super) message: Message,
}

impl Violation {
    /// The schema error, with the path of the chart's values as prefix.
    pub(super) fn into_schema_error(self, chart: &str, above: &[String]) -> SchemaError {
        let field = if self.path.is_empty() {
            "(root)".to_owned()
        } else {
            self.path.join(".")
        };
        let message = self.message.text(&field);
        let (kind, key) = self.message.kind();
        let key = key.map(str::to_owned);
        SchemaError {
            chart: chart.to_owned(),
            path: above.iter().cloned().chain(self.path).chain(key).collect(),
            text: format!("{field}: {message}"),
            message,
            kind,
        }
    }
}
