//! Rewrites tags for the parser: in go-yaml, `,`, `[` and `]` are part of a tag.
//!
//! The parser ends a tag at these characters, and panics when a list or map continues with a comma.
//! Such a tag is therefore replaced with one of the same length; go-yaml only checks whether it
//! knows a tag. Start at [`rewrite_tags`].
use std::borrow::Cow;

use libyaml_safer::{Encoding, Scanner};

use super::node::is_mistaken_for_byte_order_mark;

/// The maximum number of rewritten tags in one text.
const MAX_REWRITTEN_TAGS: usize = 10;

/// The text with rewritten tags; `None` when there are too many.
pub(super) fn rewrite_tags(text: &str) -> Option<Cow<'_, str>> {
    let mut rewritten = Cow::Borrowed(text);
    for _ in 0..=MAX_REWRITTEN_TAGS {
        let separators = separators(&rewritten);
        let Some(at) = first_tag(&rewritten, &separators) else {
            return Some(rewritten);
        };
        rewritten = Cow::Owned(rewrite_tag(&rewritten, at));
    }
    None
}

/// The offsets of possible tags at which the parser ends the tag and go-yaml does not.
fn separators(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut separators = Vec::new();
    let mut from = 0;
    while let Some(at) = find(bytes, from) {
        let end = at + 1 + run(bytes, at + 1, in_tag);
        from = end;
        let begins = at == 0 || bytes.get(at - 1).is_some_and(|&before| may_precede(before));
        if begins && bytes.get(end).is_some_and(|&byte| is_break(byte)) {
            separators.push(end);
        }
    }
    separators
}

fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|&byte| byte == b'!')
        .map(|at| from + at)
}

/// The number of bytes from an offset that match a predicate.
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

/// Whether a tag may follow this byte.
fn may_precede(byte: u8) -> bool {
    byte.is_ascii_whitespace() || !byte.is_ascii() || b"[]{},\"':?-".contains(&byte)
}

/// The first separator that is in a tag. A `^` before each separator, which is invalid in a tag and
/// has no meaning elsewhere, makes the scanner stop there.
fn first_tag(text: &str, separators: &[usize]) -> Option<usize> {
    if separators.is_empty() {
        return None;
    }
    let mut marked = String::with_capacity(text.len() + separators.len());
    let mut last = 0;
    for &at in separators {
        marked.push_str(text.get(last..at)?);
        marked.push('^');
        last = at;
    }
    marked.push_str(text.get(last..)?);
    let mut bytes = marked.as_bytes();
    let mut scanner = Scanner::new();
    if is_mistaken_for_byte_order_mark(&marked) {
        scanner.set_encoding(Encoding::Utf8);
    }
    scanner.set_input_string(&mut bytes);
    let error = scanner.find_map(Result::err)?;
    let stopped = usize::try_from(error.problem_mark()?.index).ok()?;
    // Each separator is shifted by one byte for every separator before it.
    let mut found = separators.iter().enumerate();
    found.find_map(|(number, &at)| (number + at == stopped).then_some(at))
}

/// The text with a rewritten tag that continues at this offset.
fn rewrite_tag(text: &str, at: usize) -> String {
    let bytes = text.as_bytes();
    let end = at + run(bytes, at, |byte| in_tag(byte) || is_break(byte));
    let (before, tag, after) = (text.get(..at), text.get(at..end), text.get(end..));
    let tag = tag.unwrap_or_default().replace(is_separator_char, ";");
    format!(
        "{}{tag}{}",
        before.unwrap_or_default(),
        after.unwrap_or_default()
    )
}

fn is_separator_char(c: char) -> bool {
    u8::try_from(c).is_ok_and(is_break)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_before_invalid_yaml() {
        for (text, expected) in [
            ("[!,%+&!o", "[!;%+&!o"),
            ("[!-,\n1CC:,", "[!-;\n1CC:,"),
            ("[!a,b \"", "[!a;b \""),
            ("\u{ff01}: [!a,b c]", "\u{ff01}: [!a;b c]"),
            ("[!a,b c\nd: @", "[!a;b c\nd: @"),
        ] {
            let (text, expected) = (format!("{text}\n"), format!("{expected}\n"));
            assert_eq!(rewrite_tags(&text).as_deref(), Some(expected.as_str()));
        }
    }

    #[test]
    fn text_that_resembles_a_tag_is_unchanged() {
        for text in [
            "a: 'Hello !you, there'",
            "a: [b !c,d]",
            "# [!a,b]\nc: 1",
            "a: |\n  [!b,c]",
            "a: \"!b,\"",
            "aul ! !';-8&:&&2&:&:]!,",
            "a: !b: ,c",
        ] {
            let text = format!("{text}\n");
            assert!(
                matches!(rewrite_tags(&text), Some(Cow::Borrowed(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn too_many_tags_are_rejected() {
        let text = |count: usize| format!("[{}]", "!a,b c, ".repeat(count));
        assert!(rewrite_tags(&text(MAX_REWRITTEN_TAGS)).is_some());
        assert!(rewrite_tags(&text(MAX_REWRITTEN_TAGS + 1)).is_none());
        let error = crate::yaml::read_first(&text(MAX_REWRITTEN_TAGS + 1)).expect_err("too many");
        assert_eq!(error.line, 1);
    }
}
