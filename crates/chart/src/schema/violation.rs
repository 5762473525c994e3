//! Violations of a schema.
use super::message::Message;

/// A violation of a chart's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// The chart with the schema.
    pub chart: String,
    /// The path of the value, or of the unknown or missing key.
    pub path: Vec<String>,
    /// The message without the path.
    pub message: String,
    /// The kind of the violation.
    pub kind: SchemaErrorKind,
    /// Helm's text.
    text: String,
}

impl std::fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The kind of a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaErrorKind {
    /// An unknown key.
    UnknownKey,
    /// A value of the wrong type.
    WrongType,
    /// A missing required key.
    Missing,
    /// Any other violation.
    Other,
}

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
