//! Writes and parses JSON as Go does.
mod read;

use gotmpl::{Value, go_string};

pub(crate) use read::read;

use crate::base_encoding::B64;

/// The style of a JSON text.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) html: bool,
    pub(super) pretty: bool,
}

/// The maximum number of values in one text; only maps that contain each other many times reach it.
const MAX_VALUES: usize = 200_000;

/// The output, and the number of values that may still be written.
struct Output {
    text: String,
    remaining: usize,
}

impl std::ops::Deref for Output {
    type Target = String;

    fn deref(&self) -> &String {
        &self.text
    }
}

impl std::ops::DerefMut for Output {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.text
    }
}

/// The JSON of a value; `None` when the value cannot be encoded.
pub(super) fn write(value: &Value, style: Style) -> Option<String> {
    let mut out = Output {
        text: String::new(),
        remaining: MAX_VALUES,
    };
    write_value(&mut out, value, style, 0)?;
    Some(out.text)
}

fn write_value(out: &mut Output, value: &Value, style: Style, depth: usize) -> Option<()> {
    if depth > 200 || out.remaining == 0 {
        return None;
    }
    out.remaining -= 1;
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(number) | Value::Int64(number) => out.push_str(&number.to_string()),
        Value::Byte(number) => out.push_str(&number.to_string()),
        Value::Uint64(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&float(*number)?),
        Value::Str(text) => string(out, text, style.html),
        Value::List(items) => {
            let parts = items.iter().map(|item| (None, item.clone()));
            container(out, ('[', ']'), parts.collect(), style, depth)?;
        }
        Value::Map(map) => {
            let parts = map
                .entries()
                .into_iter()
                .map(|(key, item)| (Some(key), item));
            container(out, ('{', '}'), parts.collect(), style, depth)?;
        }
        Value::Object(object) => {
            if let Some(bytes) = object.bytes() {
                string(out, &B64.encode(bytes), false);
            } else if let Some(fields) = object.json_fields() {
                let parts = fields
                    .into_iter()
                    .map(|(key, item)| (Some(key.into()), item));
                container(out, ('{', '}'), parts.collect(), style, depth)?;
            } else {
                write_value(out, &object.json(), style, depth + 1)?;
            }
        }
    }
    Some(())
}

type Part = (Option<std::sync::Arc<str>>, Value);

fn container(
    out: &mut Output,
    brackets: (char, char),
    parts: Vec<Part>,
    style: Style,
    depth: usize,
) -> Option<()> {
    out.push(brackets.0);
    let line = |out: &mut Output, depth: usize| {
        if style.pretty {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
    };
    let empty = parts.is_empty();
    for (index, (key, item)) in parts.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        line(out, depth + 1);
        if let Some(key) = key {
            string(out, &key, style.html);
            out.push_str(if style.pretty { ": " } else { ":" });
        }
        write_value(out, &item, style, depth + 1)?;
    }
    if !empty {
        line(out, depth);
    }
    out.push(brackets.1);
    Some(())
}

fn float(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        let (digits, power) = text.split_once('e')?;
        return Some(match power.strip_prefix('-') {
            Some(power) => format!("{digits}e-{power}"),
            None => format!("{digits}e+{power}"),
        });
    }
    Some(format!("{number}"))
}

fn string(out: &mut Output, text: &str, html: bool) {
    out.push('"');
    for c in go_string::to_text(text).chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' if html => out.push_str(format!("\\u{:04x}", u32::from(c)).as_str()),
            '\u{2028}' | '\u{2029}' => out.push_str(format!("\\u{:04x}", u32::from(c)).as_str()),
            c if u32::from(c) < 0x20 => out.push_str(format!("\\u{:04x}", u32::from(c)).as_str()),
            c => out.push(c),
        }
    }
    out.push('"');
}
