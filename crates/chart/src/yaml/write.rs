//! Writes YAML as Helm's `toYaml` does: byte for byte as go-yaml v2.
//!
//! This module traverses a value; the [`emitter`] tracks the position in the line as libyaml does,
//! and [`scalar`] chooses the style of a string. [`order`] sorts the keys.
mod emitter;
mod order;
mod scalar;

use gotmpl::{Map, Value};

use super::resolve::resolves_to_string;
use emitter::Emitter;
use order::natural;
use scalar::Style;

/// The maximum depth that is written; only a map that contains itself reaches it.
const MAX_DEPTH: usize = 200;
/// The maximum number of values in one text; only maps that contain each other many times reach it.
const MAX_NODES: usize = 200_000;

/// The YAML of a value, with a final newline; `None` when the value cannot be written.
pub fn write(value: &Value) -> Option<String> {
    write_value(value, false)
}

/// The same with indented lists.
pub(crate) fn write_pretty(value: &Value) -> Option<String> {
    write_value(value, true)
}

fn write_value(value: &Value, indents_lists: bool) -> Option<String> {
    let mut writer = Writer {
        emitter: Emitter::default(),
        remaining_nodes: MAX_NODES,
        indents_lists,
    };
    writer.node(value, Position::Root, -1, MAX_DEPTH)?;
    Some(writer.emitter.finish())
}

/// The parent of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Root,
    Item,
    MapValue,
}

struct Writer {
    emitter: Emitter,
    remaining_nodes: usize,
    indents_lists: bool,
}

impl Writer {
    fn node(&mut self, value: &Value, position: Position, indent: i32, depth: usize) -> Option<()> {
        if depth == 0 || self.remaining_nodes == 0 {
            return None;
        }
        self.remaining_nodes -= 1;
        match value {
            Value::Nil => self.plain("null", indent),
            Value::Bool(true) => self.plain("true", indent),
            Value::Bool(false) => self.plain("false", indent),
            Value::Int(number) | Value::Int64(number) => self.plain(&number.to_string(), indent),
            Value::Byte(number) => self.plain(&number.to_string(), indent),
            Value::Uint64(number) => self.plain(&number.to_string(), indent),
            Value::Float(number) => self.float(*number, indent)?,
            Value::Str(text) => self.string(text, indent, false)?,
            Value::List(items) => self.list(items, position, indent, depth)?,
            Value::Map(map) => self.map(map, indent, depth)?,
            Value::Object(object) => match object.bytes() {
                Some(bytes) => {
                    let packed = crate::base_encoding::B64.encode(bytes);
                    self.string(&packed, indent, false)?;
                }
                None => self.node(&object.json(), position, indent, depth - 1)?,
            },
        }
        Some(())
    }

    fn list(
        &mut self,
        items: &[Value],
        position: Position,
        indent: i32,
        depth: usize,
    ) -> Option<()> {
        if items.is_empty() {
            self.emitter.indicator("[", true, true, false);
            self.emitter.indicator("]", false, false, false);
            return Some(());
        }
        let stays =
            position == Position::MapValue && !self.emitter.is_indented() && !self.indents_lists;
        let indent = if stays { indent } else { deeper(indent) };
        for item in items {
            self.emitter.indent(indent);
            self.emitter.indicator("-", true, false, true);
            self.node(item, Position::Item, indent, depth - 1)?;
        }
        Some(())
    }

    fn map(&mut self, map: &Map, indent: i32, depth: usize) -> Option<()> {
        let mut entries = map.entries();
        if entries.is_empty() {
            self.emitter.indicator("{", true, true, false);
            self.emitter.indicator("}", false, false, false);
            return Some(());
        }
        entries.sort_by(|a, b| natural(&a.0, &b.0));
        let indent = deeper(indent);
        for (key, item) in entries {
            self.emitter.indent(indent);
            if scalar::is_simple_key(&key) {
                self.string(&key, indent, true)?;
                self.emitter.indicator(":", false, false, false);
            } else {
                self.emitter.indicator("?", true, false, true);
                self.string(&key, indent, false)?;
                self.emitter.indent(indent);
                self.emitter.indicator(":", true, false, true);
            }
            self.node(&item, Position::MapValue, indent, depth - 1)?;
        }
        Some(())
    }

    fn float(&mut self, number: f64, indent: i32) -> Option<()> {
        // `toYamlPretty` is written by go-yaml v3, which keeps the float that `toYaml` loses in JSON.
        let text = if self.indents_lists && number.is_finite() {
            gotmpl::float_text(number)
        } else {
            float(number)?
        };
        self.plain(&text, indent);
        Some(())
    }

    fn plain(&mut self, text: &str, indent: i32) {
        self.emitter
            .scalar(text, Style::Plain, max_depth(indent), true);
    }

    /// Writes a string. Helm parses the JSON of a value before it writes YAML, which fails for some
    /// characters.
    fn string(&mut self, text: &str, indent: i32, is_key: bool) -> Option<()> {
        let text = gotmpl::go_string::to_text(text);
        if text.contains(scalar::is_unreadable) {
            return None;
        }
        let preferred = if text.contains('\n') {
            Style::Literal
        } else if resolves_to_string(&text) && !is_base_60(&text) {
            Style::Plain
        } else {
            Style::DoubleQuoted
        };
        let style = scalar::allowed_style(&text, preferred, is_key);
        self.emitter
            .scalar(&text, style, max_depth(indent), !is_key);
        Some(())
    }
}

/// The indentation of a nested collection.
fn deeper(indent: i32) -> i32 {
    if indent < 0 { 0 } else { indent + 2 }
}

/// The indentation of the lines of a scalar.
fn max_depth(indent: i32) -> i32 {
    if indent < 0 { 2 } else { indent + 2 }
}

/// Floats without a fraction are integers in JSON and therefore in YAML, if they fit.
fn float(value: f64) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let fits = (-9_223_372_036_854_775_808.0..18_446_744_073_709_551_616.0).contains(&value);
    // Negative zero becomes an integer.
    if value == 0.0 {
        return Some("0".to_owned());
    }
    if value.fract() == 0.0 && fits {
        return Some(format!("{value}"));
    }
    Some(gotmpl::float_text(value))
}

/// `12:30:45`: a number in YAML 1.1, so it is quoted.
pub(super) fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or_default();
    let digits =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if !first.starts_with(|c: char| c.is_ascii_digit()) || !digits(first) {
        return false;
    }
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else {
        return false;
    };
    let minute = |text: &str| {
        (1..=2).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit())
            && (text.len() == 1 || text.as_bytes().first().is_some_and(|b| *b < b'6'))
    };
    let last = last
        .split_once('.')
        .map_or(*last, |(integer_part, _)| integer_part);
    middle.iter().all(|part| minute(part)) && minute(last)
}
