//! Finds or creates the maps and lists of an assignment.
use gotmpl::{Map, Value};

use super::cursor::Cursor;
use super::error::ParseError;
use super::{MAX_BRACKETS, MAX_DEPTH, MAX_INDEX};

/// Parses the index between brackets.
pub(super) fn parse_index(read: (String, Result<char, ParseError>)) -> Result<i64, ParseError> {
    let (text, end) = read;
    let fail = |error: ParseError| error.with_prefix("error parsing index");
    end.map_err(fail)?;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let reason = if number {
        "value out of range"
    } else {
        "invalid syntax"
    };
    let text = text.strip_prefix('+').unwrap_or(&text);
    text.parse().map_err(|_| {
        let text = gotmpl::quote(text);
        fail(ParseError::Message(format!(
            "strconv.Atoi: parsing {text}: {reason}"
        )))
    })
}

/// Counts a bracket, and fails above the maximum.
pub(super) fn count_bracket(count: &mut usize) -> Result<(), ParseError> {
    *count += 1;
    if *count > MAX_BRACKETS {
        return ParseError::new(format!("lists are nested more than {MAX_BRACKETS} deep"));
    }
    Ok(())
}

/// Checks that an index is not negative.
pub(super) fn non_negative_index(index: i64) -> Result<usize, ParseError> {
    usize::try_from(index)
        .map_err(|_| ParseError::Message(format!("negative {index} index not allowed")))
}

/// The list with a value at an index, extended if necessary.
pub(super) fn with_item(list: &[Value], index: usize, value: Value) -> Result<Value, ParseError> {
    if index > MAX_INDEX {
        return ParseError::new(format!(
            "index of {index} is greater than maximum supported index of {MAX_INDEX}"
        ));
    }
    let mut list = list.to_vec();
    if list.len() <= index {
        list.resize(index + 1, Value::Nil);
    }
    if let Some(item) = list.get_mut(index) {
        *item = value;
    }
    Ok(Value::from(list))
}

/// The list under a key, or a new one.
pub(super) fn list_under(data: &Map, key: &str) -> Result<Vec<Value>, ParseError> {
    match data.get(key) {
        None => Ok(Vec::new()),
        Some(Value::List(list)) => Ok(list.to_vec()),
        Some(other) => ParseError::new(wrong_type(&other, "[]interface {}")),
    }
}

/// The list at an index of a list, or a new one.
pub(super) fn list_at(list: &[Value], index: usize) -> Result<Vec<Value>, ParseError> {
    match list.get(index) {
        None | Some(Value::Nil) => Ok(Vec::new()),
        Some(Value::List(list)) => Ok(list.to_vec()),
        Some(other) => ParseError::new(wrong_type(other, "[]interface {}")),
    }
}

/// The map at an index of a list, or a new one that replaces another value.
pub(super) fn map_at(list: &[Value], index: usize) -> Map {
    match list.get(index) {
        Some(Value::Map(map)) => map.clone(),
        _ => Map::new(),
    }
}

/// Continues in the map under a key, which is created if it is absent.
pub(super) fn in_nested_map(
    data: &Map,
    key: &str,
    depth: usize,
    assign: impl FnOnce(&Map, usize) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let depth = depth + 1;
    if depth > MAX_DEPTH {
        return ParseError::new(format!(
            "value name nested level is greater than maximum supported nested level of {MAX_DEPTH}"
        ));
    }
    let inner = match data.get(key) {
        None => Map::new(),
        Some(Value::Map(map)) => map,
        Some(other) => return ParseError::new(wrong_type(&other, "map[string]interface {}")),
    };
    let outcome = assign(&inner, depth);
    if outcome.is_ok() && inner.is_empty() {
        return ParseError::new(format!("key map {} has no value", gotmpl::quote(key)));
    }
    if !inner.is_empty() {
        set(data, key, Value::Map(inner));
    }
    outcome
}

/// Sets the value of a key; an empty key is ignored.
pub(super) fn set(data: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        data.set(key, value);
    }
}

/// A text as Go prints a slice of runes.
pub(super) fn go_runes(text: &str) -> String {
    let quoted: Vec<String> = text
        .chars()
        .map(|c| match c {
            '\'' => "'\\''".to_owned(),
            '"' => "'\"'".to_owned(),
            c => gotmpl::quote(c.encode_utf8(&mut [0; 4])).replace('"', "'"),
        })
        .collect();
    format!("[{}]", quoted.join(" "))
}

/// Go's message for a value of another type.
fn wrong_type(value: &Value, expected: &str) -> String {
    let found = match value {
        Value::Nil => "nil",
        other => other.type_name(),
    };
    format!("unable to parse key: interface conversion: interface {{}} is {found}, not {expected}")
}

/// Parses a JSON value at the start of the remaining text.
pub(super) fn json(cursor: &mut Cursor<'_>) -> Result<Value, ParseError> {
    let mut stream = serde_json::Deserializer::from_str(cursor.rest()).into_iter();
    match stream.next() {
        Some(Ok(json)) => {
            let read = stream.byte_offset();
            cursor.skip(read);
            Ok(crate::json::from_json(&json))
        }
        Some(Err(error)) => ParseError::new(crate::json::invalid_json(&error)),
        None => Err(ParseError::End),
    }
}
