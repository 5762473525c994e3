//! Violations of a chart's schema, as Helm reports them.

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
    pub(crate) text: String,
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
