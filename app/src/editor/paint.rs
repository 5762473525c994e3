//! Colours YAML line by line: comments, keys and values.
//!
//! The spans of a line, joined, are the line. A text that is no YAML is coloured too, somehow.

/// What a span of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ink {
    /// Signs and space.
    Plain,
    /// A comment.
    Comment,
    /// A key.
    Key,
    /// A value.
    Value,
}

/// A line's spans, in order.
pub(crate) type Line = Vec<(Ink, String)>;

/// Colours a text; one entry a line, as `split('\n')` counts them.
pub(crate) fn paint(text: &str) -> Vec<Line> {
    let mut block = None;
    text.split('\n')
        .map(|line| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            match block {
                Some(opened) if line.trim().is_empty() || indent > opened => {
                    return vec![(Ink::Value, line.to_owned())];
                }
                _ => block = None,
            }
            let (spans, opens) = line_of(line);
            block = opens.then_some(indent);
            spans
        })
        .collect()
}

/// A line outside of a block, and whether it opens one.
fn line_of(line: &str) -> (Line, bool) {
    let mut start = line.len() - line.trim_start_matches(' ').len();
    while line[start..].starts_with("- ") {
        start += 2;
        start += line[start..].len() - line[start..].trim_start_matches(' ').len();
    }
    let comment = comment_of(line, start);
    let mut spans = Line::new();
    push(&mut spans, Ink::Plain, &line[..start]);
    let said = &line[start..comment];
    let value = match colon_of(said) {
        Some(colon) => {
            push(&mut spans, Ink::Key, &said[..colon]);
            push(&mut spans, Ink::Plain, ":");
            &said[colon + 1..]
        }
        None => said,
    };
    push(&mut spans, Ink::Value, value);
    push(&mut spans, Ink::Comment, &line[comment..]);
    (spans, value.trim_start().starts_with(['|', '>']))
}

fn push(spans: &mut Line, ink: Ink, text: &str) {
    if !text.is_empty() {
        spans.push((ink, text.to_owned()));
    }
}

/// The bytes of `text` that stand outside of quotes, with their places.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, u8)> + '_ {
    let mut open = None;
    text.bytes().enumerate().filter(move |(_, byte)| {
        match (open, *byte) {
            (None, quote @ (b'"' | b'\'')) => open = Some(quote),
            (Some(quote), byte) if quote == byte => open = None,
            _ => {}
        }
        open.is_none()
    })
}

/// Where the comment begins, or where the line ends.
fn comment_of(line: &str, start: usize) -> usize {
    let begins = |at: usize| at == 0 || line.as_bytes().get(at - 1) == Some(&b' ');
    outside_quotes(&line[start..])
        .find(|(at, byte)| *byte == b'#' && begins(start + at))
        .map_or(line.len(), |(at, _)| start + at)
}

/// Where the colon after the key stands.
fn colon_of(said: &str) -> Option<usize> {
    let ends = |at: usize| matches!(said.as_bytes().get(at + 1), None | Some(b' '));
    outside_quotes(said)
        .find(|(at, byte)| *byte == b':' && ends(*at))
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let span = |(ink, text): &(Ink, String)| match ink {
            Ink::Plain => text.clone(),
            Ink::Comment => format!("<c {text}>"),
            Ink::Key => format!("<k {text}>"),
            Ink::Value => format!("<v {text}>"),
        };
        paint(text)
            .iter()
            .map(|line| line.iter().map(span).collect())
            .collect()
    }

    #[test]
    fn keys_values_and_comments_are_told_apart() {
        let text = "a: 1 # one\n  \"b: c\": 'x # y'\n# all\n- http://x:80";
        assert_eq!(
            shown(text),
            [
                "<k a>:<v  1 ><c # one>",
                "  <k \"b: c\">:<v  'x # y'>",
                "<c # all>",
                "- <v http://x:80>",
            ]
        );
    }

    #[test]
    fn a_block_is_one_value_until_it_ends() {
        assert_eq!(
            shown("a: |\n  # not a comment\n\nb: 2"),
            [
                "<k a>:<v  |>",
                "<v   # not a comment>",
                "<v >",
                "<k b>:<v  2>"
            ]
        );
    }

    #[test]
    fn no_text_is_changed_by_colouring_it() {
        let text = "é: \"\n - - x:\t#\n: :\n'";
        let joined: Vec<String> = paint(text)
            .into_iter()
            .map(|line| line.into_iter().map(|(_, text)| text).collect())
            .collect();
        assert_eq!(joined.join("\n"), text);
    }
}
