//! Conversions of letter case.

use super::super::letter_case::{to_lower, to_title, to_upper};

/// Go's strings.Title.
pub(super) fn title(text: &str) -> String {
    let separates = |c: char| {
        if c.is_ascii() {
            !(c.is_ascii_alphanumeric() || c == '_')
        } else {
            !c.is_alphanumeric() && c.is_whitespace()
        }
    };
    first_letters(text, separates, to_title)
}

/// The text with the first letter of each word in lower case.
pub(super) fn untitle(text: &str) -> String {
    first_letters(text, char::is_whitespace, to_lower)
}

fn first_letters(text: &str, ends: fn(char) -> bool, change: fn(char) -> char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut first = true;
    for c in text.chars() {
        if first {
            out.push(change(c));
        } else {
            out.push(c);
        }
        first = ends(c);
    }
    out
}

/// Each letter in the other case; a small letter after a space gets its title case.
pub(super) fn swap_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut starts_word = true;
    for c in text.chars() {
        // Go's categories of letters do not contain numerals and letters in circles.
        let is_symbol = matches!(c, '\u{2160}'..='\u{217f}' | '\u{24b6}'..='\u{24e9}');
        out.push(match c {
            _ if is_symbol => c,
            _ if c.is_uppercase() || to_title(c) == c && to_lower(c) != c => to_lower(c),
            _ if c.is_lowercase() && starts_word => to_title(c),
            _ if c.is_lowercase() => to_upper(c),
            _ => c,
        });
        starts_word = c.is_whitespace();
    }
    out
}

fn is_connector(c: char) -> bool {
    matches!(c, '-' | '_') || c.is_whitespace()
}

/// `some_words` as `SomeWords`. Connectors at the start are kept, and one of each further sequence.
pub(super) fn camel_case(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let Some(start) = chars.iter().position(|c| !is_connector(*c)) else {
        // For a text of connectors only, Go writes the last one twice.
        return text.chars().chain(text.chars().last()).collect();
    };
    let mut out: String = chars.iter().take(start).collect();
    let mut before = None;
    // Whether the word has been all capitals so far, so that its other letters become lower case.
    let mut all_capitals = false;
    for &c in chars.iter().skip(start) {
        let starts_word = before.is_none_or(is_connector);
        let mut letter = c;
        if starts_word && !is_connector(c) {
            all_capitals = c.is_uppercase();
            letter = to_upper(c);
        } else if all_capitals && c.is_uppercase() {
            letter = to_lower(c);
        } else if !starts_word {
            all_capitals = false;
        }
        if let Some(before) = before
            && (!is_connector(before) || is_connector(c))
        {
            out.push(before);
        }
        before = Some(letter);
    }
    out.extend(before);
    out
}

/// The kind of a part of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Number,
    Capitals,
    Letters,
    Connector,
    Punctuation,
    Other,
}

/// `HTTP2xxServer` as `http_2xx_server`.
pub(super) fn join_words(text: &str, separator: char) -> String {
    let parts = split_name(text);
    let mut out = String::with_capacity(text.len() + 4);
    let mut at = 0;
    while let Some((kind, word)) = parts.get(at) {
        push_lowercase(&mut out, *kind, word, separator);
        at += 1;
        let joins_next = match kind {
            Part::Connector | Part::Punctuation => continue,
            Part::Number => true,
            _ => match (parts.get(at), parts.get(at + 1)) {
                // Lower-case letters after a number belong to it: `HTTP2xx` is `http_2xx`.
                (Some((Part::Number, _)), Some((Part::Letters, _))) => {
                    out.push(separator);
                    true
                }
                // Otherwise a number belongs to the word before: `Bld4Floor` is `bld4_floor`.
                (Some((Part::Number, number)), _) => {
                    push_lowercase(&mut out, Part::Number, number, separator);
                    at += 1;
                    false
                }
                _ => false,
            },
        };
        while joins_next && let Some((kind @ (Part::Letters | Part::Number), word)) = parts.get(at)
        {
            push_lowercase(&mut out, *kind, word, separator);
            at += 1;
        }
        if parts
            .get(at)
            .is_some_and(|(kind, _)| !matches!(kind, Part::Connector | Part::Punctuation))
        {
            out.push(separator);
        }
    }
    out
}

fn push_lowercase(out: &mut String, kind: Part, word: &str, separator: char) {
    match kind {
        Part::Connector => out.extend(word.chars().map(|_| separator)),
        Part::Capitals => out.extend(word.chars().map(to_lower)),
        _ => out.push_str(word),
    }
}

fn part_kind(c: char) -> Part {
    match c {
        _ if is_connector(c) => Part::Connector,
        _ if is_punctuation(c) => Part::Punctuation,
        _ if c.is_uppercase() => Part::Capitals,
        _ if c.is_alphabetic() && !('\u{3400}'..='\u{9fff}').contains(&c) => Part::Letters,
        _ if c.is_numeric() => Part::Number,
        _ => Part::Other,
    }
}

/// Go's unicode.IsPunct for ASCII and some other characters.
fn is_punctuation(c: char) -> bool {
    (c.is_ascii_punctuation() && !matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~'))
        || matches!(
            c,
            '\u{2010}'..='\u{2027}' | '¡' | '§' | '«' | '¶' | '·' | '»' | '¿'
        )
}

/// Splits a name into parts: `HTTPStatus` into `HTTP` and `Status`.
fn split_name(text: &str) -> Vec<(Part, &str)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let kind_at = |at: usize| chars.get(at).map(|(_, c)| part_kind(*c));
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(first) = kind_at(at) {
        let mut end = at + 1;
        let run = |mut end: usize, expected: Part| {
            while kind_at(end) == Some(expected) {
                end += 1;
            }
            end
        };
        if first == Part::Capitals && kind_at(end) == Some(Part::Capitals) {
            end = run(end, Part::Capitals);
            // The last capital starts the next word.
            end -= usize::from(kind_at(end) == Some(Part::Letters));
        } else if first == Part::Capitals {
            end = run(end, Part::Letters);
        } else {
            end = run(end, first);
        }
        let byte = |at: usize| chars.get(at).map_or(text.len(), |(byte, _)| *byte);
        parts.push((first, text.get(byte(at)..byte(end)).unwrap_or_default()));
        at = end;
    }
    parts
}
