//! Differences of two texts by line.

use similar::{ChangeTag, TextDiff};
use wire::install::{DiffLine, Side};

/// Unchanged lines that are shown around a change.
const CONTEXT_LINES: usize = 3;

/// The changed lines of two YAML texts with their context and with the keys of their parents; omitted lines
/// become one line `…`.
pub(crate) fn changes(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let (old, mut lines) = (before.lines().collect::<Vec<_>>(), Vec::new());
    // The end of the group before, in lines of the old text.
    let mut shown = 0;
    for group in diff.grouped_ops(CONTEXT_LINES) {
        let start = group
            .first()
            .map_or(0, |operation| operation.old_range().start);
        for parent in parents(&old, start).into_iter().chain([start]) {
            if parent > shown {
                lines.push(same("…"));
            }
            if parent >= shown && parent < start {
                lines.extend(old.get(parent).map(|line| same(line)));
            }
            shown = shown.max(parent + 1);
        }
        shown = group
            .last()
            .map_or(shown, |operation| operation.old_range().end);
        for operation in &group {
            let found = diff.iter_changes(operation);
            lines.extend(found.map(|change| line(change.tag(), change.value())));
        }
    }
    lines
}

/// The numbers of the lines with the keys around a line, the outermost first.
fn parents(lines: &[&str], line: usize) -> Vec<usize> {
    let indent = |text: &str| text.len() - text.trim_start().len();
    let is_text = |text: &&str| !text.trim().is_empty() && !text.trim_start().starts_with('#');
    let following = lines.get(line..).unwrap_or_default();
    let Some(mut inner) = following
        .iter()
        .find(|text| is_text(text))
        .map(|text| indent(text))
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (number, text) in lines.iter().enumerate().take(line).rev() {
        if is_text(text) && indent(text) < inner {
            inner = indent(text);
            found.push(number);
        }
    }
    found.reverse();
    found
}

fn same(text: &str) -> DiffLine {
    DiffLine {
        side: Side::Same,
        text: text.to_owned(),
    }
}

/// A text of which every line is new.
pub(crate) fn added(text: &str) -> Vec<DiffLine> {
    let new = |text: &str| DiffLine {
        side: Side::Added,
        text: text.to_owned(),
    };
    text.lines().map(new).collect()
}

fn line(tag: ChangeTag, text: &str) -> DiffLine {
    let side = match tag {
        ChangeTag::Equal => Side::Same,
        ChangeTag::Insert => Side::Added,
        ChangeTag::Delete => Side::Removed,
    };
    DiffLine {
        side,
        text: text.trim_end_matches('\n').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_shown_with_those_around_it() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let lines = changes(before, &before.replace('h', "H"));
        let sides: Vec<Side> = lines.iter().map(|line| line.side).collect();
        assert_eq!(lines[0].text, "…", "the lines before are omitted");
        assert_eq!(
            sides,
            [
                Side::Same,
                Side::Same,
                Side::Same,
                Side::Same,
                Side::Removed,
                Side::Added
            ]
        );
    }

    #[test]
    fn a_change_is_shown_below_the_keys_of_its_parents() {
        let before = "top:\n  a: 1\n  proxy:\n    b: 1\n    c: 1\n    d: 1\n    e: 1\n    f: 1\nlast: 1\n\
                      g: 1\nh: 1\ni: 1\nj: 1\nk: 1\n";
        let after = before.replace("f: 1", "f: 2").replace("k: 1", "k: 2");
        let lines = changes(before, &after);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "top:", "…", "  proxy:", "…", "    c: 1", "    d: 1", "    e: 1", "    f: 1",
                "    f: 2", "last: 1", "g: 1", "h: 1", "i: 1", "j: 1", "k: 1", "k: 2"
            ]
        );
    }
}
