//! Parses and writes YAML as Helm does, and edits the user's YAML text.
//!
//! [`read`](read()) and [`write`](write()) behave exactly as go-yaml v2; [`edit`] changes one value
//! in a text and keeps all other bytes.
mod documents;
mod duplicates;
pub mod edit;
mod fast;
mod node;
mod read;
mod resolve;
mod scalar;
mod tags;
mod timestamp;
mod write;

pub use documents::second_document;
pub(crate) use documents::{Part, parts};
pub use duplicates::{DuplicateKey, duplicate_keys, refuse_duplicate_keys};
pub(crate) use read::read_part;
pub use read::{read, read_first};
pub(crate) use resolve::based;
pub use scalar::Scalar;
pub use write::write;
pub(crate) use write::write_pretty;

/// The text without the byte order mark that some editors write at its start.
pub fn without_byte_order_mark(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

/// A YAML error with its position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct Error {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// A message with its arguments.
    pub reason: String,
    /// The source line.
    pub snippet: String,
    /// The position in go-yaml's message.
    prefix: MessagePrefix,
}

/// The prefix in the messages of Go's libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessagePrefix {
    /// `yaml: line 3: `
    Line(usize),
    /// `yaml: `
    Yaml,
    /// No prefix: the message of another library.
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

    /// The error as one of go-yaml's scanner, which counts lines from 1 and omits the first line.
    pub(crate) fn into_scanner_error(mut self) -> Self {
        if self.line > 1 {
            self.prefix = MessagePrefix::Line(self.line);
        }
        self
    }

    /// The error of a part of a text; Helm's message keeps the line of the part.
    pub(crate) fn below(mut self, lines: usize) -> Self {
        self.line += lines;
        self
    }

    /// The error without a line, as go-yaml reports value errors.
    pub(crate) fn into_value_error(mut self) -> Self {
        self.prefix = MessagePrefix::Yaml;
        self
    }

    /// The error as a message of another library than go-yaml.
    pub(crate) fn into_json_error(mut self) -> Self {
        self.prefix = MessagePrefix::None;
        self
    }

    /// The error as Helm's message.
    pub fn helm_message(&self) -> String {
        let prefix = match self.prefix {
            MessagePrefix::Line(line) => format!("yaml: line {line}: "),
            MessagePrefix::Yaml => "yaml: ".to_owned(),
            MessagePrefix::None => String::new(),
        };
        format!("error converting YAML to JSON: {prefix}{}", self.reason)
    }
}
