//! Scalars on several lines: plain and quoted texts that go on, and blocks.
use gotmpl::Value;

use super::Reader;
use super::scalar::{PlainScalar, has_pair, inline, is_blank_or_comment, quoted, resolved};

/// The end of one line of a quoted text.
enum LineEnd<'t> {
    /// The quote is closed; the rest of the line follows.
    Closed(&'t str),
    /// The text goes on after a line break, which is a space.
    Folded,
    /// The text goes on after an escaped line break, which is nothing.
    Escaped,
}

impl<'t> Reader<'t> {
    /// Parses a plain text, which deeper lines may continue.
    pub(super) fn plain(&mut self, first: &'t str, indent: usize) -> Option<Value> {
        let first = first.trim_end_matches(' ');
        let word = inline(first)?;
        if !self.continues(indent) {
            return Some(self.kept(word));
        }
        if has_pair(first, *b" #") {
            return None;
        }
        let mut out = self.kept_text(first);
        while self.continues(indent) {
            let breaks = self.skip_empty();
            let content = self.lines.get(self.next)?.text.trim_end_matches(' ');
            let is_odd = content.starts_with('#')
                || has_pair(content, *b" #")
                || has_pair(content, *b": ")
                || content.ends_with(':');
            if is_odd {
                return None;
            }
            if !self.skimming {
                fold(&mut out, breaks);
                out.push_str(content);
            }
            self.next += 1;
        }
        if self.skimming {
            return Some(Value::Nil);
        }
        resolved(&out).map(Value::from)
    }

    /// Whether the next line that is not empty is deeper.
    fn continues(&self, indent: usize) -> bool {
        let mut rest = self.lines.iter().skip(self.next);
        let next = rest.find(|line| !line.text.is_empty());
        next.is_some_and(|line| line.indent > indent)
    }

    /// Skips empty lines, and counts them.
    fn skip_empty(&mut self) -> usize {
        let before = self.next;
        while self
            .lines
            .get(self.next)
            .is_some_and(|line| line.text.is_empty())
        {
            self.next += 1;
        }
        self.next - before
    }

    pub(super) fn kept(&self, word: PlainScalar<'_>) -> Value {
        if self.skimming {
            Value::Nil
        } else {
            word.into()
        }
    }

    fn kept_text(&self, text: &str) -> String {
        if self.skimming {
            String::new()
        } else {
            text.to_owned()
        }
    }

    /// Parses a text in quotes, which deeper lines may continue.
    pub(super) fn quoted(&mut self, text: &'t str, indent: usize) -> Option<Value> {
        let quote = text.chars().next()?;
        let (value, rest) = match quoted(text, quote) {
            Some((value, rest)) => (self.kept(PlainScalar::Text(value)), rest),
            None => self.long_quoted(text.get(1..)?, quote, indent)?,
        };
        let after = rest.trim_start_matches(' ');
        let is_end = after.is_empty() || after.starts_with('#') && after.len() < rest.len();
        (is_end && is_blank_or_comment(after)).then_some(value)
    }

    /// A text in quotes with escapes or several lines, and the rest of its last line.
    fn long_quoted(
        &mut self,
        first: &'t str,
        quote: char,
        indent: usize,
    ) -> Option<(Value, &'t str)> {
        let mut out = String::new();
        let mut line = first;
        loop {
            let end = if quote == '"' {
                double_quoted_line(line, &mut out)?
            } else {
                single_quoted_line(line, &mut out)
            };
            let is_escaped = match end {
                LineEnd::Closed(rest) => {
                    let value = self.kept(PlainScalar::Text(&out));
                    return Some((value, rest));
                }
                LineEnd::Folded => false,
                LineEnd::Escaped => true,
            };
            let breaks = self.skip_empty();
            let next = *self.lines.get(self.next)?;
            if next.indent <= indent || is_escaped && breaks > 0 {
                return None;
            }
            if self.skimming {
                out.clear();
            } else if !is_escaped {
                fold(&mut out, breaks);
            }
            line = next.text;
            self.next += 1;
        }
    }

    /// Whether a newline follows the last line of a block.
    pub(super) fn is_block_whole(&self) -> bool {
        self.ends_with_newline || self.next < self.lines.len()
    }

    /// Parses a folded block; `ends` is whether it has a final newline.
    pub(super) fn folded(&mut self, indent: usize, ends: bool) -> Option<Value> {
        let first = *self.lines.get(self.next)?;
        if first.text.is_empty() || first.indent <= indent {
            return None;
        }
        let mut out = String::new();
        let mut breaks = 0;
        let mut was_deeper = None;
        while let Some(line) = self.lines.get(self.next) {
            if line.text.is_empty() {
                if line.indent > first.indent {
                    return None;
                }
                breaks += 1;
            } else if line.indent < first.indent {
                break;
            } else {
                let is_deeper = line.indent > first.indent;
                if !self.skimming {
                    match was_deeper {
                        None => {}
                        Some(false) if !is_deeper => fold(&mut out, breaks),
                        Some(_) => out.extend(std::iter::repeat_n('\n', breaks + 1)),
                    }
                    out.extend(std::iter::repeat_n(' ', line.indent - first.indent));
                    out.push_str(line.text);
                }
                was_deeper = Some(is_deeper);
                breaks = 0;
            }
            self.next += 1;
        }
        let after = self.lines.get(self.next);
        if after.is_some_and(|line| line.indent > indent) || !self.is_block_whole() {
            return None;
        }
        if ends {
            out.push('\n');
        }
        Some(self.kept(PlainScalar::Text(&out)))
    }
}

/// A line break is a space; every further one is a newline.
fn fold(out: &mut String, breaks: usize) {
    if breaks == 0 {
        out.push(' ');
    } else {
        out.extend(std::iter::repeat_n('\n', breaks));
    }
}

/// Reads a line of a text in single quotes, in which two quotes are one.
fn single_quoted_line<'t>(line: &'t str, out: &mut String) -> LineEnd<'t> {
    let mut rest = line;
    while let Some(at) = rest.find('\'') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let Some(after) = after.get(1..).and_then(|after| after.strip_prefix('\'')) else {
            return LineEnd::Closed(after.get(1..).unwrap_or_default());
        };
        out.push('\'');
        rest = after;
    }
    out.push_str(rest.trim_end_matches(' '));
    LineEnd::Folded
}

/// Reads a line of a text in double quotes; `None` for an escape that is rare.
fn double_quoted_line<'t>(line: &'t str, out: &mut String) -> Option<LineEnd<'t>> {
    let mut rest = line;
    while let Some(at) = rest.find(['"', '\\']) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = after.strip_prefix('"') {
            return Some(LineEnd::Closed(after));
        }
        let mut escape = after.get(1..)?.chars();
        let Some(letter) = escape.next() else {
            return Some(LineEnd::Escaped);
        };
        rest = escape.as_str();
        out.push(match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '"' | '\\' | ' ' => letter,
            'u' => {
                let (digits, after) = rest.split_at_checked(4)?;
                let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                rest = after;
                let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex);
                char::from_u32(code?)?
            }
            _ => return None,
        });
    }
    out.push_str(rest.trim_end_matches(' '));
    Some(LineEnd::Folded)
}
