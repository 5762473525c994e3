//! Words: cases, initials and lines.
mod case;
mod wrap;

use gotmpl::{Functions, Kinds, Machine, Param};

use super::{Answer, int, text};
use Param::{Int, Str};

pub(super) fn add(table: &mut Functions) {
    let plain = |table: &mut Functions, name, change: fn(&str) -> String| {
        table.add(name, Kinds::exactly(&[Str]), move |a| {
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
    table.add_with("wrap", Kinds::exactly(&[Int, Str]), |machine, a| {
        wrapped(machine, int(a, 0), "\n", text(a, 1), false)
    });
    table.add_with(
        "wrapWith",
        Kinds::exactly(&[Int, Str, Str]),
        |machine, a| wrapped(machine, int(a, 0), text(a, 1), text(a, 2), true),
    );
    table.add("abbrev", Kinds::exactly(&[Int, Str]), |a| {
        Ok(wrap::abbreviated(0, int(a, 0), text(a, 1)).into())
    });
    table.add("abbrevboth", Kinds::exactly(&[Int, Int, Str]), |a| {
        Ok(wrap::abbreviated(int(a, 0), int(a, 1), text(a, 2)).into())
    });
}

fn wrapped(machine: &mut Machine, width: i64, between: &str, text: &str, breaks: bool) -> Answer {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    machine.charge(text.len().div_ceil(width).saturating_mul(between.len()))?;
    let between = if between.is_empty() { "\n" } else { between };
    Ok(wrap::wrapped(text, width, between, breaks).into())
}
