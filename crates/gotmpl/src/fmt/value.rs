//! Formats values under a verb.
use std::fmt::Write;

use super::number::Integer;
use super::printer::{Flags, Printer};
use super::quote::quoted;
use super::{float, number};
use crate::go_string;
use crate::value::{List, Map, Object, Value};

/// The maximum depth that is printed; only a map that contains itself reaches it.
const MAX_DEPTH: usize = 200;

impl Printer {
    /// Writes an argument of a format string.
    pub(super) fn argument(&mut self, flags: &Flags, verb: char, value: &Value) {
        match (value, verb) {
            (Value::Nil, 'v' | 'T') => self.pad(flags, "<nil>"),
            (_, 'T') => {
                self.string(flags, 's', value.type_name());
            }
            _ => self.value(flags, verb, value, 0),
        }
    }

    fn value(&mut self, flags: &Flags, verb: char, value: &Value, depth: usize) {
        if depth > MAX_DEPTH || self.has_overflowed() {
            return self.push("...");
        }
        let supported = match value {
            Value::Nil if depth > 0 => {
                self.push(if flags.source {
                    "interface {}(nil)"
                } else {
                    "<nil>"
                });
                true
            }
            Value::Nil => false,
            Value::Bool(value) => self.bool_value(flags, verb, *value),
            Value::Int(number) | Value::Int64(number) => {
                number::write(self, flags, verb, Integer::signed(*number))
            }
            Value::Byte(byte) => {
                number::write(self, flags, verb, Integer::unsigned(u64::from(*byte)))
            }
            Value::Uint64(number) => number::write(self, flags, verb, Integer::unsigned(*number)),
            Value::Float(number) => float::write(self, flags, verb, *number),
            Value::Str(text) => self.string(flags, verb, text),
            Value::List(items) => self.list(flags, verb, items, depth),
            Value::Map(map) => self.map(flags, verb, map, depth),
            Value::Object(object) => self.object(flags, verb, object.as_ref(), depth),
        };
        if !supported {
            self.bad_verb(flags, verb, value);
        }
    }

    fn bad_verb(&mut self, flags: &Flags, verb: char, value: &Value) {
        self.push("%!");
        self.push_char(verb);
        self.push("(");
        if matches!(value, Value::Nil) {
            self.push("<nil>");
        } else {
            self.push(value.type_name());
            self.push("=");
            self.value(flags, 'v', value, 0);
        }
        self.push(")");
    }

    fn bool_value(&mut self, flags: &Flags, verb: char, value: bool) -> bool {
        if matches!(verb, 't' | 'v') {
            self.pad(flags, if value { "true" } else { "false" });
            return true;
        }
        false
    }

    fn string(&mut self, flags: &Flags, verb: char, text: &str) -> bool {
        if matches!(verb, 'x' | 'X') {
            self.hexadecimal(flags, verb, &go_string::to_bytes(text));
            return true;
        }
        let end = flags
            .precision
            .and_then(|limit| text.char_indices().nth(limit));
        let text = end.and_then(|(end, _)| text.get(..end)).unwrap_or(text);
        match verb {
            'v' if flags.source => self.pad(flags, &quoted(text, '"', false)),
            'v' | 's' => self.pad(flags, text),
            'q' if flags.sharp && can_backquote(text) => self.pad(flags, &format!("`{text}`")),
            'q' => self.pad(flags, &quoted(text, '"', flags.plus)),
            _ => return false,
        }
        true
    }

    fn hexadecimal(&mut self, flags: &Flags, verb: char, bytes: &[u8]) {
        let length = flags.precision.unwrap_or(usize::MAX).min(bytes.len());
        let upper = verb == 'X';
        let mark = if upper { "0X" } else { "0x" };
        let mut out = String::new();
        for (index, byte) in bytes.iter().take(length).enumerate() {
            if index > 0 && flags.space {
                out.push(' ');
            }
            if flags.sharp && (flags.space || index == 0) {
                out.push_str(mark);
            }
            // Writing to a string does not fail.
            let _ = if upper {
                write!(out, "{byte:02X}")
            } else {
                write!(out, "{byte:02x}")
            };
        }
        self.pad(flags, &out);
    }

    fn list(&mut self, flags: &Flags, verb: char, items: &List, depth: usize) -> bool {
        let (open, between, close) = brackets(flags, '[');
        if flags.source {
            self.push(Value::List(items.clone()).type_name());
        }
        self.push(open);
        for (index, item) in items.iter().enumerate() {
            if self.has_overflowed() {
                break;
            }
            if index > 0 {
                self.push(between);
            }
            self.value(flags, verb, item, depth + 1);
        }
        self.push(close);
        true
    }

    fn map(&mut self, flags: &Flags, verb: char, map: &Map, depth: usize) -> bool {
        let (open, between, close) = brackets(flags, 'm');
        if flags.source {
            self.push(Value::Map(map.clone()).type_name());
        }
        self.push(open);
        for (index, (key, item)) in map.entries().into_iter().enumerate() {
            if self.has_overflowed() {
                break;
            }
            if index > 0 {
                self.push(between);
            }
            self.value(flags, verb, &Value::Str(key), depth + 1);
            self.push(":");
            self.value(flags, verb, &item, depth + 1);
        }
        self.push(close);
        true
    }

    fn object(&mut self, flags: &Flags, verb: char, object: &dyn Object, depth: usize) -> bool {
        match (object.bytes(), verb) {
            (Some(bytes), 'x' | 'X') => {
                self.hexadecimal(flags, verb, bytes);
                return true;
            }
            (Some(bytes), 's' | 'q') => {
                return self.string(flags, verb, &go_string::from_bytes(bytes));
            }
            _ => {}
        }
        if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && !flags.source
            && let Some(text) = object.string()
        {
            return self.string(flags, verb, &text);
        }
        match object.underlying() {
            Some(Value::Object(_)) | None => self.pad(flags, &object.display()),
            Some(inner) => self.value(flags, verb, &inner, depth + 1),
        }
        true
    }
}

fn brackets(flags: &Flags, open: char) -> (&'static str, &'static str, &'static str) {
    match (flags.source, open) {
        (true, _) => ("{", ", ", "}"),
        (false, 'm') => ("map[", " ", "]"),
        (false, _) => ("[", " ", "]"),
    }
}

fn can_backquote(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c == '`' || c == '\u{feff}' || c == '\u{7f}' || (c < ' ' && c != '\t'))
}
