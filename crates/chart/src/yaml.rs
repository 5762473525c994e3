//! YAML as Helm reads and writes it, and as a person edits it.
//!
//! [`read`](read()) and [`write`](write()) follow go-yaml v2 to the letter; [`edit`] changes one
//! value in a text and leaves every other byte alone.
pub mod edit;
mod fast;
mod node;
mod read;
mod resolve;
mod scalar;
mod tags;
mod write;

pub(crate) use read::read_part;
pub use read::{read, read_first};
pub(crate) use resolve::based;
pub use scalar::Scalar;
pub use write::write;
pub(crate) use write::write_pretty;

/// Why a text is not YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct Error {
    /// The line, from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// A message with its arguments.
    pub reason: String,
    /// The line as written.
    pub snippet: String,
    /// What go-yaml names as the place.
    prefix: MessagePrefix,
}

/// What Go's libraries put before the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessagePrefix {
    /// `yaml: line 3: `
    Line(usize),
    /// `yaml: `
    Yaml,
    /// Nothing: another library speaks.
    None,
}

impl Error {
    pub(crate) fn at(text: &str, line: usize, column: usize, reason: impl Into<String>) -> Self {
        let snippet = text
            .lines()
            .nth(line.saturating_sub(1))
            .unwrap_or_default()
            .to_owned();
        Self {
            line,
            column,
            reason: reason.into(),
            snippet,
            prefix: match line {
                0 | 1 => MessagePrefix::Yaml,
                line => MessagePrefix::Line(line - 1),
            },
        }
    }

    /// The same, of go-yaml's scanner, which counts lines from 1 but does not name the first.
    pub(crate) fn into_scanner_error(mut self) -> Self {
        if self.line > 1 {
            self.prefix = MessagePrefix::Line(self.line);
        }
        self
    }

    /// The same without a line, as go-yaml speaks of values.
    pub(crate) fn into_value_error(mut self) -> Self {
        self.prefix = MessagePrefix::Yaml;
        self
    }

    /// The same in the words of another library than go-yaml.
    pub(crate) fn into_json_error(mut self) -> Self {
        self.prefix = MessagePrefix::None;
        self
    }

    /// The same in the words of Helm.
    pub fn helm_message(&self) -> String {
        let prefix = match self.prefix {
            MessagePrefix::Line(line) => format!("yaml: line {line}: "),
            MessagePrefix::Yaml => "yaml: ".to_owned(),
            MessagePrefix::None => String::new(),
        };
        format!("error converting YAML to JSON: {prefix}{}", self.reason)
    }
}
