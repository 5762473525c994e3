//! Words: cases, initials and lines.
mod case;
mod wrap;

use gotmpl::{Functions, Signature, Evaluator, Parameter};

use super::{Answer, int, text};
use Parameter::{Int, Str};

pub(super) fn add(table: &mut Functions) {
    let plain = |table: &mut Functions, name, change: fn(&str) -> String| {
        table.add(name, Signature::exact(&[Str]), move |a| {
            Ok(change(text(a, 0)).into())
        });
    };
    plain(table, "title", case::title);
    plain(table, "untitle", case::untitle);
    plain(table, "camelcase", case::camel);
    plain(table, "snakecase", |text| case::joined(text, '_'));
    plain(table, "kebabcase", |text| case::joined(text, '-'));
    plain(table, "swapcase", case::swapped);
    plain(table, "initials", |text| {
        text.split_whitespace()
            .filter_map(|word| word.chars().next())
            .collect()
    });
    table.add_with_evaluator("wrap", Signature::exact(&[Int, Str]), |evaluator, a| {
        wrapped(evaluator, int(a, 0), "\n", text(a, 1), false)
    });
    table.add_with_evaluator(
        "wrapWith",
        Signature::exact(&[Int, Str, Str]),
        |evaluator, a| wrapped(evaluator, int(a, 0), text(a, 1), text(a, 2), true),
    );
    table.add("abbrev", Signature::exact(&[Int, Str]), |a| {
        Ok(wrap::abbreviated(0, int(a, 0), text(a, 1)).into())
    });
    table.add("abbrevboth", Signature::exact(&[Int, Int, Str]), |a| {
        Ok(wrap::abbreviated(int(a, 0), int(a, 1), text(a, 2)).into())
    });
}

fn wrapped(evaluator: &mut Evaluator, width: i64, between: &str, text: &str, breaks: bool) -> Answer {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    evaluator.charge(text.len().div_ceil(width).saturating_mul(between.len()))?;
    let between = if between.is_empty() { "\n" } else { between };
    Ok(wrap::wrapped(text, width, between, breaks).into())
}
