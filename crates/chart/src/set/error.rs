//! Errors of assignments.

/// Why an option such as `--set` is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SetError {
    /// The option, such as `--set`.
    pub option: &'static str,
    /// Helm's message.
    pub reason: String,
}

/// Why the parser stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParseError {
    /// The end of the text.
    End,
    /// A syntax error with this message.
    Message(String),
}

impl ParseError {
    pub(super) fn new<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Message(text.into()))
    }

    /// The error for a name at the end of the text; the end itself when the name is empty.
    pub(super) fn without_value<T>(key: &str) -> Result<T, Self> {
        if key.is_empty() {
            return Err(Self::End);
        }
        Self::new(format!("key {} has no value", gotmpl::quote(key)))
    }

    /// The error with a prefix.
    pub(super) fn with_prefix(self, prefix: &str) -> Self {
        Self::Message(format!("{prefix}: {}", self.text()))
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::End => "EOF",
            Self::Message(text) => text,
        }
    }
}
