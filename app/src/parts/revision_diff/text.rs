//! A comparison in words: its totals in one line, and all of it as a text to copy.

use crate::words::t;
use std::fmt::Write as _;
use wire::comparison::{Comparison, ObjectChange};

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

/// The differences as a text: an object on each line, its fields below it.
pub(super) fn text(comparison: &Comparison, before: &str, after: &str) -> String {
    let mut text = format!("{before} → {after}\n");
    for object in &comparison.objects {
        let sign = match object.change {
            ObjectChange::Added => '+',
            ObjectChange::Removed => '-',
            ObjectChange::Changed => '~',
            ObjectChange::Unchanged => continue,
        };
        // A String takes every text.
        let _ = writeln!(text, "{sign} {}", object.object);
        for field in &object.fields {
            let _ = writeln!(text, "    {}", field.path_text());
            for (sign, value) in [('-', &field.before), ('+', &field.after)] {
                for line in value.iter().flat_map(|value| value.lines()) {
                    let _ = writeln!(text, "      {sign} {line}");
                }
            }
        }
    }
    text
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
        let comparison = Comparison {
            objects: vec![
                object("a", ObjectChange::Changed, vec![field]),
                object("b", ObjectChange::Unchanged, Vec::new()),
            ],
        };
        assert_eq!(
            text(&comparison, "r1", "r2"),
            "r1 → r2\n~ ConfigMap shop/a\n    data.a\n      - 1\n      - 2\n"
        );
        assert_eq!(
            summary(&comparison),
            "1 changed · 0 added · 0 removed · 1 unchanged"
        );
    }
}
