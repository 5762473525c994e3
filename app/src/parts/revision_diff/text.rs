//! A comparison in words: its totals in one line, and all of it as a text to copy.

use crate::words::t;
use std::fmt::Write as _;
use wire::{
    comparison::{Comparison, ObjectChange},
    install::Side,
};

/// The totals, such as "4 changed · 1 added · 0 removed · 12 unchanged".
pub(super) fn summary(comparison: &Comparison) -> String {
    let number = |change| {
        let objects = comparison.objects.iter();
        objects.filter(|object| object.change == change).count()
    };
    [
        t!(revision_diff.n_changed, n = number(ObjectChange::Changed)),
        t!(revision_diff.n_added, n = number(ObjectChange::Added)),
        t!(revision_diff.n_removed, n = number(ObjectChange::Removed)),
        t!(
            revision_diff.n_unchanged,
            n = number(ObjectChange::Unchanged)
        ),
    ]
    .join(" · ")
}

/// The differences as a unified diff: for each object its name, then the values of its fields in both revisions.
pub(super) fn text(comparison: &Comparison, before: &str, after: &str) -> String {
    let mut text = format!("--- {before}\n+++ {after}\n");
    for object in &comparison.objects {
        let change = match object.change {
            ObjectChange::Added => t!(revision_diff.added),
            ObjectChange::Removed => t!(revision_diff.removed),
            ObjectChange::Changed => t!(revision_diff.changed),
            ObjectChange::Unchanged => continue,
        };
        // A String takes every text.
        let _ = writeln!(text, "@@ {} ({change})", object.object);
        for field in &object.fields {
            for (sign, value) in [('-', &field.before), ('+', &field.after)] {
                if let Some(value) = value {
                    text.push_str(&signed(sign, &field.path_text(), value));
                }
            }
        }
    }
    text
}

/// A value, each of its lines with a sign; a value of several lines is a block of YAML.
fn signed(sign: char, path: &str, value: &str) -> String {
    if !value.contains('\n') {
        return format!("{sign}{path}: {value}\n");
    }
    let lines = value.lines().map(|line| format!("{sign}  {line}\n"));
    format!("{sign}{path}: |\n{}", lines.collect::<String>())
}

/// The lines of such a text, each with the side that its sign tells.
pub(super) fn lines(text: &str) -> Vec<(Side, String)> {
    let lines = text.lines().enumerate().map(|(number, line)| {
        let side = match line.as_bytes().first() {
            // The names of the revisions.
            _ if number < 2 => Side::Same,
            Some(b'-') => Side::Removed,
            Some(b'+') => Side::Added,
            _ => Side::Same,
        };
        (side, line.to_owned())
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{
        ObjectName,
        comparison::{ComparedObject, FieldChange},
    };

    fn object(name: &str, change: ObjectChange, fields: Vec<FieldChange>) -> ComparedObject {
        ComparedObject {
            object: ObjectName {
                kind: "ConfigMap".into(),
                api_version: "v1".into(),
                namespace: Some("shop".into()),
                name: name.into(),
            },
            change,
            fields,
        }
    }

    #[test]
    fn the_text_has_what_differs_and_nothing_else() {
        let field = FieldChange {
            path: vec!["data".into(), "a".into()],
            before: Some("1\n2".into()),
            after: None,
        };
        let new = FieldChange {
            path: vec!["data".into(), "b".into()],
            before: None,
            after: Some("3".into()),
        };
        let comparison = Comparison {
            objects: vec![
                object("a", ObjectChange::Changed, vec![field, new]),
                object("b", ObjectChange::Unchanged, Vec::new()),
            ],
        };
        assert_eq!(
            text(&comparison, "r1", "r2"),
            "--- r1\n+++ r2\n@@ ConfigMap shop/a (changed)\n-data.a: |\n-  1\n-  2\n+data.b: 3\n"
        );
        let sides = lines(&text(&comparison, "r1", "r2"));
        let sides: Vec<Side> = sides.into_iter().map(|(side, _)| side).collect();
        let (same, removed) = (Side::Same, Side::Removed);
        assert_eq!(
            sides,
            [same, same, same, removed, removed, removed, Side::Added]
        );
        assert_eq!(
            summary(&comparison),
            "1 changed · 0 added · 0 removed · 1 unchanged"
        );
    }
}
