//! Regular expressions as Go's RE2 reads them: `\d`, `\w`, `\s` and `\b` are ASCII.
use gotmpl::{Fault, Functions, Kinds, Param, Value};
use regex::{Regex, RegexBuilder};

use super::{int, text};
use Param::{Int, Str};

pub(super) fn add(table: &mut Functions) {
    table.add("regexMatch", Kinds::exactly(&[Str, Str]), |a| {
        Ok(compile(text(a, 0))
            .is_ok_and(|regex| regex.is_match(text(a, 1)))
            .into())
    });
    table.add("mustRegexMatch", Kinds::exactly(&[Str, Str]), |a| {
        Ok(compile(text(a, 0))?.is_match(text(a, 1)).into())
    });
    for name in ["regexFind", "mustRegexFind"] {
        table.add(name, Kinds::exactly(&[Str, Str]), |a| {
            let regex = compile(text(a, 0))?;
            Ok(regex
                .find(text(a, 1))
                .map_or("", |found| found.as_str())
                .into())
        });
    }
    for name in ["regexFindAll", "mustRegexFindAll"] {
        table.add(name, Kinds::exactly(&[Str, Str, Int]), |a| {
            let most = usize::try_from(int(a, 2)).unwrap_or(usize::MAX);
            let regex = compile(text(a, 0))?;
            let found = regex.find_iter(text(a, 1)).take(most);
            Ok(Value::list(found.map(|found| found.as_str().into())))
        });
    }
    for name in ["regexReplaceAll", "mustRegexReplaceAll"] {
        table.add_with(name, Kinds::exactly(&[Str, Str, Str]), |machine, a| {
            let regex = compile(text(a, 0))?;
            machine.charge(growth(&regex, text(a, 1), text(a, 2)))?;
            Ok(regex.replace_all(text(a, 1), text(a, 2)).as_ref().into())
        });
    }
    for name in ["regexReplaceAllLiteral", "mustRegexReplaceAllLiteral"] {
        table.add_with(name, Kinds::exactly(&[Str, Str, Str]), |machine, a| {
            let regex = compile(text(a, 0))?;
            machine.charge(growth(&regex, text(a, 1), text(a, 2)))?;
            let with = regex::NoExpand(text(a, 2));
            Ok(regex.replace_all(text(a, 1), with).as_ref().into())
        });
    }
    for name in ["regexSplit", "mustRegexSplit"] {
        table.add(name, Kinds::exactly(&[Str, Str, Int]), |a| {
            let most = usize::try_from(int(a, 2)).unwrap_or(usize::MAX);
            let regex = compile(text(a, 0))?;
            Ok(Value::list(regex.splitn(text(a, 1), most).map(Value::from)))
        });
    }
    table.add("regexQuoteMeta", Kinds::exactly(&[Str]), |a| {
        Ok(regex::escape(text(a, 0)).into())
    });
}

/// The most bytes that a replacement may add.
fn growth(regex: &Regex, text: &str, with: &str) -> usize {
    let found = regex.find_iter(text).count();
    let groups = with.matches('$').count();
    found
        .saturating_mul(with.len())
        .saturating_add(groups.saturating_mul(text.len()))
}

pub(crate) fn compile(pattern: &str) -> Result<Regex, Fault> {
    RegexBuilder::new(&ascii(pattern))
        .size_limit(1 << 22)
        .build()
        .map_err(|_| {
            Fault::new(format!(
                "error parsing regexp: invalid pattern: `{pattern}`"
            ))
        })
}

/// The pattern with RE2's ASCII classes and `\Q…\E` spelled out.
fn ascii(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\\' => {
                let Some(next) = rest.chars().next() else {
                    out.push(c);
                    break;
                };
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
                match next {
                    'Q' => {
                        let (literal, after) = rest.split_once("\\E").unwrap_or((rest, ""));
                        out.push_str(&regex::escape(literal));
                        rest = after;
                    }
                    'd' if in_class => out.push_str("0-9"),
                    'w' if in_class => out.push_str("0-9A-Za-z_"),
                    's' if in_class => out.push_str("\\t\\n\\f\\r "),
                    'd' => out.push_str("[0-9]"),
                    'D' => out.push_str("[^0-9]"),
                    'w' => out.push_str("[0-9A-Za-z_]"),
                    'W' => out.push_str("[^0-9A-Za-z_]"),
                    's' => out.push_str("[\\t\\n\\f\\r ]"),
                    'S' => out.push_str("[^\\t\\n\\f\\r ]"),
                    'b' => out.push_str("(?-u:\\b)"),
                    other => {
                        out.push('\\');
                        out.push(other);
                    }
                }
            }
            '[' if in_class && rest.starts_with(':') => out.push('['),
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
                if let Some(after) = rest.strip_prefix('^') {
                    out.push('^');
                    rest = after;
                }
                if let Some(after) = rest.strip_prefix(']') {
                    out.push_str("\\]");
                    rest = after;
                }
            }
            ':' if in_class && rest.starts_with(']') => {
                out.push_str(":]");
                rest = rest.get(1..).unwrap_or_default();
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' | '-' if in_class && rest.starts_with(c) => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
