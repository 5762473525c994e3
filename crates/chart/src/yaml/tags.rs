//! Tags as go-yaml reads them: `,`, `[` and `]` belong to a tag.
//!
//! The parser ends a tag at these characters, and panics where a list or map goes on with a comma. So
//! such a tag is rewritten, byte for byte as long, before the parser sees it; all that go-yaml asks of
//! a tag is whether it knows it. Start at [`legible`].
use std::borrow::Cow;

use libyaml_safer::{Encoding, Mark, Scanner, TokenData};

use super::node::{begins_like_a_mark, ended};

/// The most such tags of one text.
const MOST: usize = 10;
/// How often a text is looked at without its end.
const CUTS: usize = 4;

/// The text in a form that the parser takes; nothing when it has too many such tags.
pub(super) fn legible(text: &str) -> Option<Cow<'_, str>> {
    let mut legible = Cow::Borrowed(text);
    for _ in 0..=MOST {
        let breaks = breaks(&legible);
        let Some(at) = first_tag(&legible, &breaks) else {
            return Some(legible);
        };
        legible = Cow::Owned(rewritten(&legible, at));
    }
    None
}

/// Where what may be a tag goes on with a character that ends it for the parser.
fn breaks(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut breaks = Vec::new();
    let mut from = 0;
    while let Some(at) = find(bytes, from) {
        let end = at + 1 + run(bytes, at + 1, in_tag);
        from = end;
        let begins = at == 0 || bytes.get(at - 1).is_some_and(|&before| may_precede(before));
        if begins && bytes.get(end).is_some_and(|&byte| is_break(byte)) {
            breaks.push(end);
        }
    }
    breaks
}

fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|&byte| byte == b'!')
        .map(|at| from + at)
}

/// How many bytes from a place on are of a kind.
fn run(bytes: &[u8], from: usize, of: fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().take_while(|&&byte| of(byte)).count()
}

fn in_tag(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-;/?:@&=+$.%!~*'()".contains(&byte)
}

fn is_break(byte: u8) -> bool {
    b",[]".contains(&byte)
}

/// Whether a tag may stand after this: not amid a word.
fn may_precede(byte: u8) -> bool {
    byte.is_ascii_whitespace() || !byte.is_ascii() || b"[]{},\"':?-".contains(&byte)
}

/// Where the first of these breaks is that really breaks a tag. A space before each keeps the tags and
/// whatever else they may stand in apart, and the parser on its feet.
fn first_tag(text: &str, breaks: &[usize]) -> Option<usize> {
    if breaks.is_empty() {
        return None;
    }
    let mut spaced = String::with_capacity(text.len() + breaks.len());
    let mut ends = Vec::with_capacity(breaks.len());
    let mut last = 0;
    for &at in breaks {
        spaced.push_str(text.get(last..at)?);
        ends.push(spaced.len());
        spaced.push(' ');
        last = at;
    }
    spaced.push_str(text.get(last..)?);
    // The parser looks ahead: what is wrong later hides the tag before it, so the text is cut there.
    let mut seen = spaced.as_str();
    for _ in 0..CUTS {
        match first_end(seen, &ends) {
            Ok(found) => return breaks.get(found?).copied(),
            Err(wrong) => seen = seen.get(..wrong)?,
        }
    }
    None
}

/// Which of these places is the first to end a tag; or where something begins that is no YAML.
fn first_end(text: &str, ends: &[usize]) -> Result<Option<usize>, usize> {
    let text = ended(text);
    let mut bytes = text.as_bytes();
    let mut scanner = Scanner::new();
    if begins_like_a_mark(&text) {
        scanner.set_encoding(Encoding::Utf8);
    }
    scanner.set_input_string(&mut bytes);
    for token in scanner {
        let token = token.map_err(|error| {
            let wrong = error.context_mark().or(error.problem_mark());
            place(wrong.unwrap_or_default())
        })?;
        if matches!(token.data, TokenData::Tag { .. })
            && let Ok(number) = ends.binary_search(&place(token.end_mark))
        {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

fn place(mark: Mark) -> usize {
    usize::try_from(mark.index).unwrap_or(usize::MAX)
}

/// The text with the tag that goes on at this place made whole.
fn rewritten(text: &str, at: usize) -> String {
    let bytes = text.as_bytes();
    let end = at + run(bytes, at, |byte| in_tag(byte) || is_break(byte));
    let (before, tag, after) = (text.get(..at), text.get(at..end), text.get(end..));
    let tag = tag.unwrap_or_default().replace(is_break_char, ";");
    format!(
        "{}{tag}{}",
        before.unwrap_or_default(),
        after.unwrap_or_default()
    )
}

fn is_break_char(c: char) -> bool {
    u8::try_from(c).is_ok_and(is_break)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_before_what_is_no_yaml() {
        for (text, expected) in [
            ("[!,%+&!o", "[!;%+&!o"),
            ("[!-,\n1CC:,", "[!-;\n1CC:,"),
            ("[!a,b \"", "[!a;b \""),
            ("\u{ff01}: [!a,b c]", "\u{ff01}: [!a;b c]"),
            ("[!a,b c\nd: @", "[!a;b c\nd: @"),
        ] {
            assert_eq!(legible(text).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_only_looks_like_a_tag_stays() {
        for text in [
            "a: 'Hello !you, there'",
            "a: [b !c,d]",
            "# [!a,b]\nc: 1",
            "a: |\n  [!b,c]",
            "a: \"!b,",
        ] {
            assert!(matches!(legible(text), Some(Cow::Borrowed(_))), "{text}");
        }
    }

    #[test]
    fn more_tags_than_anybody_writes_are_refused() {
        let text = |count: usize| format!("[{}]", "!a,b c, ".repeat(count));
        assert!(legible(&text(MOST)).is_some());
        assert!(legible(&text(MOST + 1)).is_none());
        let error = crate::yaml::read_first(&text(MOST + 1)).expect_err("too many");
        assert_eq!(error.line, 1);
    }
}
