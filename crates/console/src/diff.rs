//! Two texts, line by line.

use similar::{ChangeTag, TextDiff};
use wire::install::{DiffLine, Side};

/// Lines around a change that are shown with it.
const CONTEXT_LINES: usize = 3;

/// The changed lines of two texts with a few around each; what is left out becomes one line `…`.
pub(crate) fn changes(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (number, group) in diff.grouped_ops(CONTEXT_LINES).iter().enumerate() {
        if number > 0 {
            lines.push(DiffLine {
                side: Side::Same,
                text: "…".to_owned(),
            });
        }
        for operation in group {
            let found = diff.iter_changes(operation);
            lines.extend(found.map(|change| line(change.tag(), change.value())));
        }
    }
    lines
}

/// A text that is all new.
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
        assert_eq!(
            sides,
            [
                Side::Same,
                Side::Same,
                Side::Same,
                Side::Removed,
                Side::Added
            ]
        );
    }
}
