//! The highlighting of YAML, line by line: comments, keys and values.
//!
//! The joined spans of a line are the line. Text that is not valid YAML is highlighted by the same rules.

/// The style of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Style {
    /// Punctuation and space.
    Plain,
    /// A comment.
    Comment,
    /// A key.
    Key,
    /// A value.
    Value,
}

/// The spans of a line, in order.
pub(crate) type Line = Vec<(Style, String)>;

/// The spans of each line of a text, as `split('\n')` splits it.
pub(crate) fn highlight(text: &str) -> Vec<Line> {
    let mut block_indent = None;
    text.split('\n')
        .map(|line| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            match block_indent {
                Some(opened) if line.trim().is_empty() || indent > opened => {
                    return vec![(Style::Value, line.to_owned())];
                }
                _ => block_indent = None,
            }
            let (spans, opens_block) = highlight_line(line);
            block_indent = opens_block.then_some(indent);
            spans
        })
        .collect()
}

/// The spans of a line outside of a block scalar, and whether the line opens one.
fn highlight_line(line: &str) -> (Line, bool) {
    let mut start = line.len() - line.trim_start_matches(' ').len();
    while line[start..].starts_with("- ") {
        start += 2;
        start += line[start..].len() - line[start..].trim_start_matches(' ').len();
    }
    let comment = comment_start(line, start);
    let mut spans = Line::new();
    push(&mut spans, Style::Plain, &line[..start]);
    let content = &line[start..comment];
    let value = match colon_position(content) {
        Some(colon) => {
            push(&mut spans, Style::Key, &content[..colon]);
            push(&mut spans, Style::Plain, ":");
            &content[colon + 1..]
        }
        None => content,
    };
    push(&mut spans, Style::Value, value);
    push(&mut spans, Style::Comment, &line[comment..]);
    (spans, value.trim_start().starts_with(['|', '>']))
}

fn push(spans: &mut Line, style: Style, text: &str) {
    if !text.is_empty() {
        spans.push((style, text.to_owned()));
    }
}

/// The bytes of `text` outside of quotes, with their indices.
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

/// The index of the comment, or the length of the line.
fn comment_start(line: &str, start: usize) -> usize {
    let starts = |index: usize| index == 0 || line.as_bytes().get(index - 1) == Some(&b' ');
    outside_quotes(&line[start..])
        .find(|(index, byte)| *byte == b'#' && starts(start + index))
        .map_or(line.len(), |(index, _)| start + index)
}

/// The index of the colon after the key.
fn colon_position(content: &str) -> Option<usize> {
    let ends_key = |index: usize| matches!(content.as_bytes().get(index + 1), None | Some(b' '));
    outside_quotes(content)
        .find(|(index, byte)| *byte == b':' && ends_key(*index))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> Vec<String> {
        let span = |(style, text): &(Style, String)| match style {
            Style::Plain => text.clone(),
            Style::Comment => format!("<c {text}>"),
            Style::Key => format!("<k {text}>"),
            Style::Value => format!("<v {text}>"),
        };
        highlight(text)
            .iter()
            .map(|line| line.iter().map(span).collect())
            .collect()
    }

    #[test]
    fn keys_values_and_comments_have_different_styles() {
        let text = "a: 1 # one\n  \"b: c\": 'x # y'\n# all\n- http://x:80";
        assert_eq!(
            marked(text),
            [
                "<k a>:<v  1 ><c # one>",
                "  <k \"b: c\">:<v  'x # y'>",
                "<c # all>",
                "- <v http://x:80>",
            ]
        );
    }

    #[test]
    fn a_block_scalar_has_one_style_until_its_indent_ends() {
        assert_eq!(
            marked("a: |\n  # not a comment\n\nb: 2"),
            [
                "<k a>:<v  |>",
                "<v   # not a comment>",
                "<v >",
                "<k b>:<v  2>"
            ]
        );
    }

    #[test]
    fn highlighting_does_not_change_the_text() {
        let text = "é: \"\n - - x:\t#\n: :\n'";
        let joined: Vec<String> = highlight(text)
            .into_iter()
            .map(|line| line.into_iter().map(|(_, text)| text).collect())
            .collect();
        assert_eq!(joined.join("\n"), text);
    }
}
