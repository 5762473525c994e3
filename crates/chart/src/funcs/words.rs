//! Functions for words: letter case, initials and wrapping.
mod case;
mod wrap;

use gotmpl::{Evaluator, Functions, Parameter, Signature};

use super::{CallResult, int, text};
use Parameter::{Int, Str};

pub(super) fn add(table: &mut Functions) {
    let add_unary = |table: &mut Functions, name, change: fn(&str) -> String| {
        table.add(name, Signature::exact(&[Str]), move |a| {
            Ok(change(text(a, 0)).into())
        });
    };
    add_unary(table, "title", case::title);
    add_unary(table, "untitle", case::untitle);
    add_unary(table, "camelcase", case::camel_case);
    add_unary(table, "snakecase", |text| case::join_words(text, '_'));
    add_unary(table, "kebabcase", |text| case::join_words(text, '-'));
    add_unary(table, "swapcase", case::swap_case);
    add_unary(table, "initials", |text| {
        // Go takes the first byte of a word as a character.
        text.split_whitespace()
            .filter_map(|word| word.bytes().next().map(char::from))
            .collect()
    });
    table.add_with_evaluator("wrap", Signature::exact(&[Int, Str]), |evaluator, a| {
        wrap(evaluator, int(a, 0), "\n", text(a, 1), false)
    });
    table.add_with_evaluator(
        "wrapWith",
        Signature::exact(&[Int, Str, Str]),
        |evaluator, a| wrap(evaluator, int(a, 0), text(a, 1), text(a, 2), true),
    );
    table.add("abbrev", Signature::exact(&[Int, Str]), |a| {
        Ok(wrap::abbreviate(0, int(a, 0), text(a, 1)).into())
    });
    table.add("abbrevboth", Signature::exact(&[Int, Int, Str]), |a| {
        Ok(wrap::abbreviate(int(a, 0), int(a, 1), text(a, 2)).into())
    });
}

fn wrap(
    evaluator: &mut Evaluator,
    width: i64,
    line_break: &str,
    text: &str,
    breaks_words: bool,
) -> CallResult {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    evaluator.charge(text.len().div_ceil(width).saturating_mul(line_break.len()))?;
    let line_break = if line_break.is_empty() {
        "\n"
    } else {
        line_break
    };
    Ok(wrap::wrap(text, width, line_break, breaks_words).into())
}
