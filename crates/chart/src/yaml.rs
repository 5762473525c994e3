//! YAML as Helm reads and writes it, and as a person edits it.
//!
//! [`read`](read()) and [`write`](write()) follow go-yaml v2 to the letter; [`edit`] changes one value
//! in a text and leaves every other byte alone.
pub mod edit;
mod node;
mod read;
mod resolve;
mod scalar;
mod write;

pub use read::{read, read_first};
pub use scalar::Scalar;
pub use write::write;
pub(crate) use write::write_pretty;

/// Why a text is not YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct Error {
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub reason: String,
    /// The line as written.
    pub snippet: String,
    /// The line as go-yaml counts it; 0 when it would not name one.
    go_line: usize,
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
            go_line: line.saturating_sub(1),
        }
    }

    /// The same in the words of Helm.
    pub fn as_helm_says(&self) -> String {
        let place = match self.go_line {
            0 => String::new(),
            line => format!("line {line}: "),
        };
        format!(
            "error converting YAML to JSON: yaml: {place}{}",
            self.reason
        )
    }
}
