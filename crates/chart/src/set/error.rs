//! Why assignments cannot be carried out.

/// Why the text of an option such as `--set` cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SetError {
    /// The option, such as `--set`.
    pub option: &'static str,
    /// Helm's words for it.
    pub reason: String,
}

/// How a step ended that did not go well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParseError {
    /// The text is at its end, which is the usual way to stop.
    End,
    /// Something is wrong.
    Message(String),
}

impl ParseError {
    pub(super) fn new<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Message(text.into()))
    }

    /// A name that the text ends with; without one it is only at its end.
    pub(super) fn without_value<T>(key: &str) -> Result<T, Self> {
        if key.is_empty() {
            return Err(Self::End);
        }
        Self::new(format!("key {} has no value", gotmpl::quote(key)))
    }

    /// The same with words before it.
    pub(super) fn with_prefix(self, words: &str) -> Self {
        Self::Message(format!("{words}: {}", self.text()))
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::End => "EOF",
            Self::Message(text) => text,
        }
    }
}
