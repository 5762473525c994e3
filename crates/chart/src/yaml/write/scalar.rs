//! How a string may be written.

/// The styles of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// Marks that say something at the start of a text.
const STARTS: &str = "#,[]{}&*!|>'\"%@`";

/// Beyond this many bytes a key is written with a question mark.
const MAX_KEY_LENGTH: usize = 128;

/// The ends of lines.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What go-yaml v2 writes as it is; it escapes whatever is beyond the first plane.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}

/// What no YAML may hold, even escaped in JSON's way: JSON leaves these as they are.
pub(super) fn is_unreadable(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a key stands before its colon without a question mark.
pub(super) fn is_simple_key(text: &str) -> bool {
    text.len() <= MAX_KEY_LENGTH && !text.contains(is_break)
}

/// What a text is made of, as far as styles ask.
#[derive(Default)]
struct TextProperties {
    indicators: bool,
    line_breaks: bool,
    special: bool,
    space_first: bool,
    space_last: bool,
    break_first: bool,
    break_last: bool,
    break_then_space: bool,
    space_then_break: bool,
}

impl TextProperties {
    fn from_text(text: &str) -> Self {
        let mut properties = Self {
            indicators: text.starts_with("---") || text.starts_with("..."),
            ..Self::default()
        };
        let mut before = None;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let next = rest.peek().copied();
            let blank_next = next.is_none_or(|next| matches!(next, ' ' | '\t'));
            properties.indicators |= match (c, before) {
                (mark, None) if STARTS.contains(mark) => true,
                ('?' | '-', None) | (':', _) => blank_next,
                ('#', Some(before)) => matches!(before, ' ' | '\t' | '\0') || is_break(before),
                _ => false,
            };
            properties.special |= !is_printable(c);
            if c == ' ' {
                properties.space_first |= before.is_none();
                properties.space_last |= next.is_none();
                properties.break_then_space |= before.is_some_and(is_break);
            } else if is_break(c) {
                properties.line_breaks = true;
                properties.break_first |= before.is_none();
                properties.break_last |= next.is_none();
                properties.space_then_break |= before == Some(' ');
            }
            before = Some(c);
        }
        properties
    }
}

/// The style that is wanted, or the next one that can hold the text.
pub(super) fn allowed_style(text: &str, preferred: Style, is_key: bool) -> Style {
    if text.is_empty() {
        return if preferred == Style::Plain && is_key {
            Style::SingleQuoted
        } else {
            preferred
        };
    }
    let properties = TextProperties::from_text(text);
    let needs_escapes = properties.space_then_break || properties.special;
    let ends = properties.space_first
        || properties.break_first
        || properties.space_last
        || properties.break_last;
    let plain = !(needs_escapes
        || ends
        || properties.break_then_space
        || properties.line_breaks
        || properties.indicators);
    let single = !(needs_escapes || properties.break_then_space);
    let literal = !(needs_escapes || properties.space_last);
    match preferred {
        _ if is_key && properties.line_breaks => Style::DoubleQuoted,
        Style::Plain if plain => Style::Plain,
        Style::Plain | Style::SingleQuoted if single => Style::SingleQuoted,
        Style::Literal if literal && !is_key => Style::Literal,
        _ => Style::DoubleQuoted,
    }
}
