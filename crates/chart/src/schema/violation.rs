//! A value that does not fit its schema.
use super::message::Message;

/// A value that does not fit the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// The chart whose schema it is.
    pub chart: String,
    /// The keys that lead to the value, or to the key that should not be or is missing.
    pub path: Vec<String>,
    /// What is wrong, without the path.
    pub message: String,
    /// What sort of mistake it is.
    pub kind: SchemaErrorKind,
    /// The same as Helm would put it.
    text: String,
}

impl std::fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// What sort of mistake a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaErrorKind {
    /// A key the chart does not know.
    UnknownKey,
    /// A value of another type.
    WrongType,
    /// A key that must be there.
    Missing,
    /// Anything else.
    Other,
}

/// A finding and the place in the values it is about.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub(super) path: Vec<String>,
    pub(super) message: Message,
}

impl Violation {
    /// The same for a person, below a chart's place in the values.
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
