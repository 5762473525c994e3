//! Chooses the style of a string.

/// The styles of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// Indicators: characters with a meaning at the start of a scalar.
const STARTS: &str = "#,[]{}&*!|>'\"%@`";

/// The maximum length of a simple key, in bytes; longer keys need a question mark.
const MAX_KEY_LENGTH: usize = 128;

/// Whether a character is a line break.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether go-yaml v2 writes a character unescaped; it escapes all characters beyond the basic
/// plane.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}

/// Whether a character is invalid in YAML but not escaped in JSON.
pub(super) fn is_unreadable(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a key is written without a question mark.
pub(super) fn is_simple_key(text: &str) -> bool {
    text.len() <= MAX_KEY_LENGTH && !text.contains(is_break)
}

/// The properties of a text that decide its style.
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
                (indicator, None) if STARTS.contains(indicator) => true,
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

/// Whether a text is printable ASCII, begins and ends without an indicator or a space, and has none inside: none
/// of the properties applies. It is read without an early exit, so that the compiler vectorizes the loop.
fn is_simple(text: &str) -> bool {
    let bytes = text.as_bytes();
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "without a branch, so that it is vectorised"
    )]
    let is_inner = |byte: u8| matches!(byte, b' '..=b'~') & (byte != b':') & (byte != b'#');
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last() != Some(&b' ')
        && bytes.iter().fold(true, |all, byte| all & is_inner(*byte))
}

/// The preferred style, or the next one that can represent the text.
pub(super) fn allowed_style(text: &str, preferred: Style, is_key: bool) -> Style {
    if text.is_empty() {
        return if preferred == Style::Plain && is_key {
            Style::SingleQuoted
        } else {
            preferred
        };
    }
    let properties = if is_simple(text) {
        TextProperties::default()
    } else {
        TextProperties::from_text(text)
    };
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
