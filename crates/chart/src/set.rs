//! The grammar of `--set` and its kin: `a.b=1,list[0]={x,y}`.
//!
//! Each assignment changes values in place, with Helm's caps on how deep a name and how high an
//! index may be. Start at [`SetFlag`].
mod cursor;
mod error;
mod item;
mod key;
mod literal;

use gotmpl::Value;

pub use error::SetError;

use crate::values::Values;
use cursor::Cursor;
use error::ParseError;

/// The highest index of a list.
const MAX_INDEX: usize = 65_536;
/// The deepest a name may be.
const MAX_DEPTH: usize = 30;
/// The most brackets of one name; Helm knows no such end.
const MAX_BRACKETS: usize = 200;

/// Reads a file that `--set-file` names; the failure is said as it is.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// What the texts behind `=` are.
#[derive(Clone, Copy)]
pub enum SetFlag<'a> {
    /// `--set`: truth values, whole numbers and null are what they look like.
    Typed,
    /// `--set-string`: texts.
    Strings,
    /// `--set-json`: JSON.
    Json,
    /// `--set-file`: names of files whose contents are the texts.
    Files(ReadFile<'a>),
    /// `--set-literal`: one text, with nothing in it that means anything.
    Literal,
}

impl SetFlag<'_> {
    /// The word on the command line.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Typed => "--set",
            Self::Strings => "--set-string",
            Self::Json => "--set-json",
            Self::Files(_) => "--set-file",
            Self::Literal => "--set-literal",
        }
    }

    /// Carries out the assignments of a text.
    ///
    /// # Errors
    /// With Helm's words for what is wrong with the text.
    pub fn apply(&self, text: &str, values: &mut Values) -> Result<(), SetError> {
        let fail = |reason: String| SetError {
            option: self.option(),
            reason,
        };
        let outcome = match self {
            Self::Literal => literal::parse(text, &values.map()),
            _ => key::parse(*self, text, &values.map()),
        };
        outcome.map_err(|reason| {
            fail(match self {
                Self::Json => format!("failed parsing --set-json data {text}"),
                _ => format!("failed parsing {} data: {reason}", self.option()),
            })
        })
    }

    fn value(&self, text: String) -> Result<Value, ParseError> {
        match self {
            Self::Typed => Ok(parse_typed(text)),
            Self::Files(read) => read(&text).map(Value::from).map_err(ParseError::Message),
            _ => Ok(text.into()),
        }
    }
}

fn parse_typed(text: String) -> Value {
    if text.eq_ignore_ascii_case("true") {
        return true.into();
    }
    if text.eq_ignore_ascii_case("false") {
        return false.into();
    }
    if text.eq_ignore_ascii_case("null") {
        return Value::Nil;
    }
    let number = if text == "0" || !text.starts_with('0') {
        text.parse::<i64>().ok()
    } else {
        None
    };
    number.map_or_else(|| text.into(), Value::Int64)
}

#[cfg(test)]
mod tests;
