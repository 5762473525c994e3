//! The grammar of `--set` and similar options: `a.b=1,list[0]={x,y}`.
//!
//! An assignment changes values in place, within Helm's limits for the depth of a name and for an
//! index. Start at [`SetFlag`].
mod cursor;
mod error;
mod item;
mod key;
mod literal;

use gotmpl::{Map, Value};
use wire::HelmVersion;

pub use error::SetError;

use crate::funcs::read_json;
use crate::values::Values;
use cursor::Cursor;
use error::ParseError;

/// The maximum index of a list.
const MAX_INDEX: usize = 65_536;
/// The maximum depth of a name.
const MAX_DEPTH: usize = 30;
/// The maximum number of brackets in one name; Helm has no such limit.
const MAX_BRACKETS: usize = 200;

/// Reads a file for `--set-file`; the error text is used unchanged.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// The option of an assignment, which decides how its value is parsed.
#[derive(Clone, Copy)]
pub enum SetFlag<'a> {
    /// `--set`: booleans, integers and null are typed values.
    Typed,
    /// `--set-string`: all values are strings.
    Strings,
    /// `--set-json`: values are JSON; for Helm 4, the whole text may be an object.
    Json(HelmVersion),
    /// `--set-file`: values are the contents of files.
    Files(ReadFile<'a>),
    /// `--set-literal`: one literal string without special characters.
    Literal,
}

impl SetFlag<'_> {
    /// The option on the command line.
    pub fn option(&self) -> &'static str {
        match self {
            Self::Typed => "--set",
            Self::Strings => "--set-string",
            Self::Json(_) => "--set-json",
            Self::Files(_) => "--set-file",
            Self::Literal => "--set-literal",
        }
    }

    /// Applies the assignments of a text.
    ///
    /// # Errors
    /// With Helm's message, when the text is invalid.
    pub fn apply(&self, text: &str, values: &mut Values) -> Result<(), SetError> {
        let fail = |reason: String| SetError {
            option: self.option(),
            reason,
        };
        if let Self::Json(HelmVersion::V4) = self
            && text.trim().starts_with('{')
        {
            let object = json_object(text)
                .ok_or_else(|| fail(format!("failed parsing --set-json data JSON: {text}")))?;
            *values = values.merge(&object.into());
            return Ok(());
        }
        let outcome = match self {
            Self::Literal => literal::parse(text, &values.map()),
            _ => key::parse(*self, text, &values.map()),
        };
        outcome.map_err(|reason| {
            fail(match self {
                Self::Json(_) => format!("failed parsing --set-json data {text}"),
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

/// The object of a JSON text; repeated keys have the last value.
fn json_object(text: &str) -> Option<Map> {
    match read_json(text.trim()).ok()? {
        Value::Map(map) => Some(map),
        _ => None,
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
