//! Quotes strings and characters as Go does.
use std::fmt::Write;

/// Go's strconv.Quote.
pub fn quote(text: &str) -> String {
    quoted(text, '"', false)
}

/// A text between delimiters; with `ascii`, all other characters are escaped.
pub(super) fn quoted(text: &str, delimiter: char, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(delimiter);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if c == delimiter => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            c if crate::go_string::byte(c).is_some() => {
                let byte = crate::go_string::byte(c).unwrap_or_default();
                // Writing to a string does not fail.
                let _ = write!(out, "\\x{byte:02x}");
            }
            c if !ascii && is_printable(c) => out.push(c),
            c => escaped(&mut out, c),
        }
    }
    out.push(delimiter);
    out
}

fn escaped(out: &mut String, c: char) {
    // Writing to a string does not fail.
    let _ = match u32::from(c) {
        code if code < 0x20 || code == 0x7f => write!(out, "\\x{code:02x}"),
        code if code > 0xffff => write!(out, "\\U{code:08x}"),
        code => write!(out, "\\u{code:04x}"),
    };
}

/// An approximation of Go's unicode.IsPrint: no control characters, no whitespace except U+0020, no
/// private-use or unassigned characters.
pub(crate) fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let unprintable = c.is_control()
        || c.is_whitespace()
        || matches!(
            c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        )
        || matches!(c, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe;
    !unprintable
}
