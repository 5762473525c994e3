//! Go's fmt for the kinds of the template language.
//!
//! Start at [`text`] (`%v`) and [`sprintf`]; numbers are in [`number`].
mod number;

use crate::value::Value;
use number::{Spec, float, integer};

pub use number::float_text;

/// Nesting beyond this is not printed; only a map that holds itself gets there.
const DEEPEST: usize = 200;
/// Nor is anything after so many bytes: maps that hold each other many times get there.
const LONGEST: usize = 64 * 1024 * 1024;

/// What `print` shows for one value.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, &Spec::default(), 'v', value, DEEPEST);
    out
}

/// Go's strconv.Quote.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if u32::from(c) < 0x20 || c == '\u{7f}' => {
                out.push_str(format!("\\x{:02x}", u32::from(c)).as_str());
            }
            c if is_unprintable(c) && u32::from(c) > 0xffff => {
                out.push_str(format!("\\U{:08x}", u32::from(c)).as_str());
            }
            c if is_unprintable(c) => out.push_str(format!("\\u{:04x}", u32::from(c)).as_str()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_unprintable(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{fff9}'..='\u{fffb}')
}

/// Go's fmt.Sprintf.
pub fn sprintf(format: &str, arguments: &[Value]) -> String {
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    let mut next = 0;
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| "+-# 0".contains(*c)) {
            spec.flag(flag);
        }
        spec.width = size(&mut chars, arguments, &mut next);
        if spec.width.is_some_and(|width| width < 0) {
            spec.minus = true;
            spec.width = spec.width.map(i64::abs);
        }
        if chars.next_if_eq(&'.').is_some() {
            spec.precision = Some(size(&mut chars, arguments, &mut next).unwrap_or(0));
        }
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        match arguments.get(next) {
            Some(argument) => write_value(&mut out, &spec, verb, argument, DEEPEST),
            None => out.push_str(format!("%!{verb}(MISSING)").as_str()),
        }
        next += 1;
    }
    if let Some(extra @ [_, ..]) = arguments.get(next..) {
        let shown: Vec<String> = extra.iter().map(typed).collect();
        out.push_str(format!("%!(EXTRA {})", shown.join(", ")).as_str());
    }
    out
}

/// A width or precision: digits, or `*` and an argument. Sizes are capped, as Go's are.
fn size(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    arguments: &[Value],
    next: &mut usize,
) -> Option<i64> {
    if chars.next_if_eq(&'*').is_some() {
        let given = arguments.get(*next);
        *next += 1;
        return match given {
            Some(Value::Int(size)) => Some((*size).clamp(-10_000, 10_000)),
            _ => None,
        };
    }
    let mut size = None;
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        let digit = i64::from(digit.to_digit(10).unwrap_or(0));
        size = Some((size.unwrap_or(0) * 10 + digit).min(10_000));
    }
    size
}

fn typed(value: &Value) -> String {
    match value {
        Value::Nil => "<nil>".to_owned(),
        other => format!("{}={}", other.type_name(), text(other)),
    }
}

fn bad_verb(out: &mut String, verb: char, value: &Value) {
    out.push_str(format!("%!{verb}({})", typed(value)).as_str());
}

fn write_value(out: &mut String, spec: &Spec, verb: char, value: &Value, depth: usize) {
    if depth == 0 || out.len() > LONGEST {
        out.push_str("...");
        return;
    }
    if verb == 'T' {
        out.push_str(&spec.pad(value.type_name().to_owned()));
        return;
    }
    match value {
        Value::Nil if verb == 'v' || depth < DEEPEST => out.push_str(&spec.pad("<nil>".to_owned())),
        Value::Nil => bad_verb(out, verb, value),
        Value::Bool(truth) => match verb {
            't' | 'v' => out.push_str(&spec.pad(truth.to_string())),
            _ => bad_verb(out, verb, value),
        },
        Value::Int(number) => match integer(spec, verb, *number) {
            Some(shown) => out.push_str(&shown),
            None => bad_verb(out, verb, value),
        },
        Value::Float(number) => match float(spec, verb, *number) {
            Some(shown) => out.push_str(&shown),
            None => bad_verb(out, verb, value),
        },
        Value::Str(string) => match string_as(spec, verb, string) {
            Some(shown) => out.push_str(&shown),
            None => bad_verb(out, verb, value),
        },
        Value::List(items) => {
            out.push_str(if spec.go_syntax(verb) {
                "[]interface {}{"
            } else {
                "["
            });
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(if spec.go_syntax(verb) { ", " } else { " " });
                }
                write_value(out, spec, verb, item, depth - 1);
            }
            out.push(if spec.go_syntax(verb) { '}' } else { ']' });
        }
        Value::Map(map) => {
            let syntax = spec.go_syntax(verb);
            out.push_str(if syntax {
                "map[string]interface {}{"
            } else {
                "map["
            });
            for (index, (key, item)) in map.entries().iter().enumerate() {
                if index > 0 {
                    out.push_str(if syntax { ", " } else { " " });
                }
                write_value(out, spec, verb, &Value::Str(key.clone()), depth - 1);
                out.push(':');
                write_value(out, spec, verb, item, depth - 1);
            }
            out.push(if syntax { '}' } else { ']' });
        }
        Value::Object(object) => match object.underlying() {
            Some(inner) if !matches!(inner, Value::Object(_)) => {
                write_value(out, spec, verb, &inner, depth - 1);
            }
            _ => out.push_str(&spec.pad(object.display())),
        },
    }
}

fn string_as(spec: &Spec, verb: char, string: &str) -> Option<String> {
    let cut: String = match spec.precision {
        Some(most) => string
            .chars()
            .take(usize::try_from(most).unwrap_or(0))
            .collect(),
        None => string.to_owned(),
    };
    Some(match verb {
        'v' if spec.sharp => spec.pad(quote(&cut)),
        'v' | 's' => spec.pad(cut),
        'q' if spec.sharp && !cut.contains(['`', '\n']) => spec.pad(format!("`{cut}`")),
        'q' => spec.pad(quote(&cut)),
        'x' => spec.pad(hex(&cut)),
        'X' => spec.pad(hex(&cut).to_uppercase()),
        _ => return None,
    })
}

fn hex(text: &str) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    text.bytes()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
