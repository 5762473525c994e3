//! TOML: encoding as in Go's library, and parsing with the toml crate.
use std::fmt::Write;

use gotmpl::{ElementType, Functions, Map, Parameter, Signature, Value};

use super::encode::check_written_size;
use super::{arg, text};
use crate::json::parsed_size;

/// The maximum depth that is written; only a map that contains itself reaches it.
const MAX_DEPTH: usize = 200;
/// The maximum length of a text, in bytes.
const MAX_LENGTH: usize = 64 * 1024 * 1024;

pub(super) fn add(table: &mut Functions) {
    table.add_with_evaluator(
        "toToml",
        Signature::exact(&[Parameter::Any]),
        |evaluator, a| {
            check_written_size(evaluator, arg(a, 0))?;
            let mut writer = Writer::default();
            let text = match writer.document(arg(a, 0)) {
                Ok(()) => writer.out,
                // Helm returns the error as the text.
                Err(reason) => reason,
            };
            evaluator.charge(text.len())?;
            Ok(text.into())
        },
    );
    let signature = Signature::exact(&[Parameter::Str]);
    table.add_with_evaluator("fromToml", signature, |evaluator, a| {
        evaluator.reserve_memory(parsed_size(text(a, 0)))?;
        Ok(match text(a, 0).parse::<toml::Table>() {
            Ok(table) => from_table(table),
            Err(error) => {
                let message = format!(
                    "toml: line {}: {}",
                    line(text(a, 0), &error),
                    error.message()
                );
                let map: Map = [("Error", Value::from(message))].into_iter().collect();
                map.into()
            }
        })
    });
}

/// The line of a syntax error, from 1.
fn line(text: &str, error: &toml::de::Error) -> usize {
    let before = error.span().and_then(|span| text.get(..span.start));
    before.unwrap_or_default().matches('\n').count() + 1
}

fn from_table(table: toml::Table) -> Value {
    let entries = table
        .into_iter()
        .map(|(key, value)| (key, from_toml(value)));
    entries.collect::<Map>().into()
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => Value::Int64(number),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(value) => value.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(items) => Value::list(items.into_iter().map(from_toml)),
        toml::Value::Table(table) => from_table(table),
    }
}

type WriteResult = Result<(), String>;

#[derive(Default)]
struct Writer {
    out: String,
}

/// Whether a value is written as a separate table, after the plain values.
fn is_table(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::List(items) => !items.is_empty() && items.iter().all(|item| item.as_map().is_some()),
        Value::Object(object) => {
            object.json_fields().is_some() || object.underlying().is_some_and(|v| is_table(&v))
        }
        _ => false,
    }
}

impl Writer {
    fn document(&mut self, value: &Value) -> WriteResult {
        match entries(value) {
            Some(map) => self.table(&map, &mut Vec::new(), 0),
            None => self.value(value, 0),
        }
    }

    fn check(&self, depth: usize) -> WriteResult {
        if depth > MAX_DEPTH || self.out.len() > MAX_LENGTH {
            return Err("toml: value is too deep or too large".to_owned());
        }
        Ok(())
    }

    fn indent(&mut self, depth: usize) {
        self.out.push_str(&"  ".repeat(depth));
    }

    fn table(&mut self, map: &Map, path: &mut Vec<String>, depth: usize) -> WriteResult {
        self.check(depth)?;
        let entries = map.entries();
        for (name, item) in entries.iter().filter(|(_, item)| !is_table(item)) {
            if matches!(item, Value::Nil) {
                continue;
            }
            self.indent(depth);
            let _ = write!(self.out, "{} = ", key(name));
            self.value(item, 0)?;
            self.out.push('\n');
        }
        for (name, item) in entries.iter().filter(|(_, item)| is_table(item)) {
            path.push(key(name));
            self.sub_tables(item, path, depth)?;
            path.pop();
        }
        Ok(())
    }

    /// Writes a table, or each table of a list, under its own header.
    fn sub_tables(&mut self, item: &Value, path: &mut Vec<String>, depth: usize) -> WriteResult {
        let is_list = matches!(item, Value::List(_));
        let (open, close) = if is_list { ("[[", "]]") } else { ("[", "]") };
        let single = std::slice::from_ref(item);
        let items = item.as_list();
        for table in items.as_deref().unwrap_or(single) {
            // Headers of the top level and of lists have an empty line before them.
            if !self.out.is_empty() && (depth == 0 || is_list) {
                self.out.push('\n');
            }
            self.indent(depth);
            let _ = writeln!(self.out, "{open}{}{close}", path.join("."));
            if let Some(map) = entries(table) {
                self.table(&map, path, depth + 1)?;
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &Value, depth: usize) -> WriteResult {
        self.check(depth)?;
        match value {
            Value::Nil => return Err("toml: cannot encode array with nil element".to_owned()),
            Value::Float(number) => self.out.push_str(&float(*number)),
            Value::Str(text) => self.string(text),
            Value::List(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    self.value(item, depth + 1)?;
                }
                self.out.push(']');
            }
            Value::Map(_) => self.inline(value, depth)?,
            Value::Object(object) if object.type_name() == "time.Time" => {
                self.out.push_str(&gotmpl::text(&object.json()));
            }
            Value::Object(object) => self.value(&object.json(), depth + 1)?,
            other => self.out.push_str(&gotmpl::text(other)),
        }
        Ok(())
    }

    /// A table inside of brackets: its plain values, then its tables. Helm's library writes no comma for
    /// a nil, but one before a nil at the end.
    fn inline(&mut self, value: &Value, depth: usize) -> WriteResult {
        self.out.push('{');
        let entries = entries(value).unwrap_or_default().entries();
        let (tables, plain): (Vec<_>, Vec<_>) =
            entries.iter().partition(|(_, item)| is_table(item));
        let has_tables = !tables.is_empty();
        for (group, is_followed) in [(plain, has_tables), (tables, false)] {
            for (index, (name, item)) in group.iter().enumerate() {
                if matches!(item, Value::Nil) {
                    continue;
                }
                let _ = write!(self.out, "{} = ", key(name));
                self.value(item, depth + 1)?;
                if is_followed || index + 1 != group.len() {
                    self.out.push_str(", ");
                }
            }
        }
        self.out.push('}');
        Ok(())
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                c if u32::from(c) < 0x20 || c == '\u{7f}' => {
                    let _ = write!(self.out, "\\u{:04x}", u32::from(c));
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}

fn entries(value: &Value) -> Option<Map> {
    match value {
        Value::Object(object) => match object.json() {
            Value::Map(map) => Some(map),
            _ => None,
        },
        other => other.as_map(),
    }
    .map(|map| map.with_element_type(ElementType::Any))
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) {
        return name.to_owned();
    }
    let mut quoted = Writer::default();
    quoted.string(name);
    quoted.out
}

fn float(number: f64) -> String {
    let text = match number {
        _ if number.is_nan() => "nan".to_owned(),
        _ if number.is_infinite() => format!("{}inf", if number < 0.0 { "-" } else { "+" }),
        _ => format!("{number}"),
    };
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    if plain { text + ".0" } else { text }
}
