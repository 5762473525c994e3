//! Words: cases, initials and lines.
use gotmpl::{Functions, Kinds, Param};

use super::{int, text};
use Param::{Int, Str};

pub(super) fn add(table: &mut Functions) {
    let plain = |table: &mut Functions, name, change: fn(&str) -> String| {
        table.add(name, Kinds::exactly(&[Str]), move |a| {
            Ok(change(text(a, 0)).into())
        });
    };
    plain(table, "title", |text| {
        first_letters(text, |c| c.to_uppercase().collect())
    });
    plain(table, "untitle", |text| {
        first_letters(text, |c| c.to_lowercase().collect())
    });
    plain(table, "camelcase", camel);
    plain(table, "snakecase", |text| joined(text, '_'));
    plain(table, "kebabcase", |text| joined(text, '-'));
    plain(table, "swapcase", swapped);
    plain(table, "initials", |text| {
        text.split_whitespace()
            .filter_map(|word| word.chars().next())
            .collect()
    });
    table.add("wrap", Kinds::exactly(&[Int, Str]), |a| {
        Ok(wrap(int(a, 0), "\n", text(a, 1)).into())
    });
    table.add("wrapWith", Kinds::exactly(&[Int, Str, Str]), |a| {
        Ok(wrap(int(a, 0), text(a, 1), text(a, 2)).into())
    });
}

fn first_letters(text: &str, change: fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        let word = c.is_alphanumeric() || c == '_' || (inside && c == '\'');
        if word && !inside {
            out.push_str(&change(c));
        } else {
            out.push(c);
        }
        inside = word;
    }
    out
}

fn swapped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
    }
    out
}

fn camel(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if matches!(c, '_' | '-' | ' ') {
            start = true;
        } else if start {
            out.extend(c.to_uppercase());
            start = false;
        } else {
            out.push(c);
        }
    }
    out
}

/// `someHTTPServer` as `some_http_server`.
fn joined(text: &str, mark: char) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 4);
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(at + 1);
        if matches!(c, '_' | '-' | ' ' | '.') {
            out.push(mark);
            continue;
        }
        let splits = before.is_some_and(|before| {
            let lower = before.is_lowercase() || before.is_numeric();
            let last_of_many =
                before.is_uppercase() && after.is_some_and(|after| after.is_lowercase());
            c.is_uppercase() && (lower || last_of_many)
        });
        if splits && !out.ends_with(mark) {
            out.push(mark);
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn wrap(width: i64, between: &str, text: &str) -> String {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join(between)
}
