//! Scalars, and how they are written into the user's text.
use super::resolve::{Resolved, resolve, resolves_to_string};

/// A scalar value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Null, which removes a default in values.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number that is not an integer.
    Number(f64),
    /// A number as it is written, such as `1e6`; by [`Scalar::number`].
    Written(String),
    /// A text.
    Text(String),
}

impl Scalar {
    /// A typed number, kept as it is written; what YAML does not read as a number is a text.
    pub fn number(typed: &str) -> Self {
        let written = typed.trim();
        match written_number(written) {
            Some(_) => Self::Written(written.to_owned()),
            None => Self::Text(typed.to_owned()),
        }
    }

    /// The scalar as YAML; `like` is the previous text, whose quotes are kept.
    pub(super) fn to_yaml(&self, like: &str) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Number(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
                format!("{value:.0}")
            }
            Self::Number(value) => format!("{value}"),
            Self::Written(number) => number.clone(),
            Self::Text(text) => quoted(text, like),
        }
    }

    /// The scalar in a value, if it is one.
    pub(crate) fn from_value(value: &gotmpl::Value) -> Option<Self> {
        Some(match value {
            gotmpl::Value::Nil => Self::Null,
            gotmpl::Value::Bool(value) => Self::Bool(*value),
            gotmpl::Value::Int(value) => Self::Integer(*value),
            gotmpl::Value::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => {
                Self::Integer(*value as i64)
            }
            gotmpl::Value::Float(value) => Self::Number(*value),
            gotmpl::Value::Str(text) => Self::Text(text.to_string()),
            _ => return None,
        })
    }
}

/// The finite number that YAML reads in a plain text.
pub(super) fn written_number(text: &str) -> Option<f64> {
    match resolve(text) {
        Resolved::Int(value) => Some(value as f64),
        Resolved::Large(value) => Some(value as f64),
        Resolved::Float(value) if value.is_finite() => Some(value),
        _ => None,
    }
}

fn quoted(text: &str, like: &str) -> String {
    let printable = !text.chars().any(char::is_control);
    if like.starts_with('\'') && printable {
        return format!("'{}'", text.replace('\'', "''"));
    }
    if !like.starts_with('"') && is_plain(text) {
        return text.to_owned();
    }
    // A JSON string is a valid double-quoted YAML string.
    serde_json::Value::from(text).to_string()
}

/// Whether a text is valid without quotes everywhere, even between brackets.
fn is_plain(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '_' | '.'));
    let is_allowed = |c: char| c.is_alphanumeric() || "/_.- :+=@()$%^~;<>*&!|'\"?".contains(c);
    starts
        && text.chars().all(is_allowed)
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && resolves_to_string(text)
        && !text.starts_with("---")
        && !text.starts_with("...")
        && !super::write::is_base_60(text)
}
