//! The comments of a values file, as the help texts of its values.
//!
//! Three conventions are read: comment lines right above a key, a comment behind the value, and the
//! tags of two generators of documentation (`# -- text` of helm-docs, `## @param path text` of
//! Bitnami's readme generator). Start at [`Comments::read`].

use std::collections::HashMap;

/// The maximum length of a help text, in bytes.
const MAX_LENGTH: usize = 1000;

/// The comments of a values file.
pub(super) struct Comments<'t> {
    lines: Vec<&'t str>,
    /// The descriptions of `@param` tags, by path.
    tagged: HashMap<&'t str, &'t str>,
}

impl<'t> Comments<'t> {
    /// Reads the comments of a text.
    pub(super) fn read(text: &'t str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let tagged = lines.iter().filter_map(|line| tag(comment(line)?));
        Self {
            tagged: tagged.collect(),
            lines,
        }
    }

    /// The help text of a value: `path` is joined by dots, `line` is that of its key and `last_line`
    /// that of the end of its value, both counted from 0.
    pub(super) fn of(&self, path: &str, line: usize, last_line: usize) -> Option<String> {
        if let Some(text) = self.tagged.get(path) {
            return shortened((*text).to_owned());
        }
        self.above(line).or_else(|| self.behind(last_line))
    }

    /// The lines right above a key.
    fn above(&self, line: usize) -> Option<String> {
        let before = self.lines.get(..line)?;
        let above: Vec<&str> = before
            .iter()
            .rev()
            .map_while(|line| comment(line))
            .collect();
        let mut texts: Vec<&str> = above.into_iter().rev().collect();
        // What helm-docs reads starts at the last marker.
        if let Some(marker) = texts.iter().rposition(|text| text.starts_with("-- ")) {
            texts.drain(..marker);
        }
        let texts = texts.into_iter().filter(|text| !text.starts_with('@'));
        let texts = texts.map(|text| without_type(text.strip_prefix("-- ").unwrap_or(text)));
        shortened(texts.collect::<Vec<_>>().join(" "))
    }

    /// The comment behind a value.
    fn behind(&self, line: usize) -> Option<String> {
        let (_, text) = self.lines.get(line)?.rsplit_once(" #")?;
        // A quote after the sign: it belongs to the value.
        if text.contains(['"', '\'']) {
            return None;
        }
        shortened(text.trim_start_matches('#').trim().to_owned())
    }
}

/// The text of a line that is a comment.
fn comment(line: &str) -> Option<&str> {
    let text = line.trim().strip_prefix('#')?;
    Some(text.trim_start_matches('#').trim())
}

/// The path and the description of an `@param` tag, without its modifiers.
fn tag(comment: &str) -> Option<(&str, &str)> {
    let rest = comment.strip_prefix("@param ")?.trim_start();
    let (path, rest) = rest.split_once(' ')?;
    let rest = rest.trim_start();
    let modifiers = rest
        .starts_with('[')
        .then(|| rest.split_once(']'))
        .flatten();
    Some((path, modifiers.map_or(rest, |(_, text)| text.trim_start())))
}

/// A text of helm-docs without the type in front of it, such as `(int) `.
fn without_type(text: &str) -> &str {
    let typed = text
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(") "));
    match typed {
        Some((name, rest)) if name.chars().all(char::is_alphanumeric) => rest,
        _ => text,
    }
}

/// A text of the maximum length; `None` when it is empty.
fn shortened(mut text: String) -> Option<String> {
    if text.len() > MAX_LENGTH {
        text.truncate(text.floor_char_boundary(MAX_LENGTH));
        text.push('…');
    }
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
