//! Reads the plain part of YAML fast: what charts write nearly always.
//!
//! Maps and lists in blocks, scalars and brackets on one line, literal blocks. Whatever else a text
//! holds makes [`value`] give it up, and the whole parser reads it; so does every text that has a
//! mistake. Where this reader gives a value, the parser gives the same.
mod flow;
mod scalar;

use gotmpl::{Map, Value};

use scalar::{entry, inline, is_blank_or_comment, is_item};

/// The deepest nesting that is read here.
const MAX_DEPTH: usize = 100;

/// One line: its indentation and what follows.
#[derive(Clone, Copy)]
struct Line<'t> {
    indent: usize,
    text: &'t str,
}

struct Reader<'t> {
    lines: Vec<Line<'t>>,
    next: usize,
    /// Which keys of the outermost map are kept.
    includes_key: fn(&str) -> bool,
    /// Whether what is read now is only looked at.
    skimming: bool,
}

/// The value of a text, if it is plain enough.
pub(super) fn value(text: &str) -> Option<Value> {
    part(text, |_| true)
}

/// The same, but of a map only these keys.
pub(super) fn part(text: &str, includes_key: fn(&str) -> bool) -> Option<Value> {
    if !text.ends_with('\n') || !scalar::is_plain_text(text) {
        return None;
    }
    let mut lines = Vec::new();
    for line in text.get(..text.len() - 1)?.split('\n') {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let mark = ["---", "...", "%"]
            .iter()
            .any(|mark| content.starts_with(mark));
        if mark && indent == 0 {
            return None;
        }
        lines.push(Line {
            indent,
            text: content,
        });
    }
    let mut reader = Reader {
        lines,
        next: 0,
        includes_key,
        skimming: false,
    };
    let first = reader.peek()?;
    let value = reader.block(first.indent, MAX_DEPTH)?;
    reader.peek().is_none().then_some(value)
}

impl<'t> Reader<'t> {
    /// The next line that says something.
    fn peek(&mut self) -> Option<Line<'t>> {
        loop {
            let line = *self.lines.get(self.next)?;
            if !is_blank_or_comment(line.text) {
                return Some(line);
            }
            self.next += 1;
        }
    }

    /// A map or list whose first line is the next and stands at that indentation.
    fn block(&mut self, indent: usize, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        if is_item(self.peek()?.text) {
            self.list(indent, depth)
        } else {
            self.map(indent, depth)
        }
    }

    fn map(&mut self, indent: usize, depth: usize) -> Option<Value> {
        let map = (!self.skimming).then(Map::new);
        while let Some(line) = self.peek() {
            if line.indent < indent {
                break;
            }
            if line.indent > indent || is_item(line.text) {
                return None;
            }
            let (key, rest) = entry(line.text)?;
            self.next += 1;
            let was_skimming = self.skimming;
            self.skimming |= depth == MAX_DEPTH - 1 && !(self.includes_key)(key);
            let value = self.after_key(rest, indent, depth)?;
            if let (Some(map), false) = (&map, self.skimming) {
                map.set(key, value);
            }
            self.skimming = was_skimming;
        }
        Some(map.map_or(Value::Nil, Value::from))
    }

    /// What stands behind a key: a scalar, or a block below.
    fn after_key(&mut self, rest: &'t str, indent: usize, depth: usize) -> Option<Value> {
        if !rest.is_empty() {
            return self.scalar(rest, indent);
        }
        match self.peek() {
            Some(line) if line.indent > indent => self.block(line.indent, depth),
            Some(line) if line.indent == indent && is_item(line.text) => {
                self.list(indent, depth.checked_sub(1)?)
            }
            _ => Some(Value::Nil),
        }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        while let Some(line) = self.peek() {
            if line.indent < indent || (line.indent == indent && !is_item(line.text)) {
                break;
            }
            if line.indent > indent {
                return None;
            }
            let rest = line.text.get(1..)?;
            let inside = rest.trim_start_matches(' ');
            let column = indent + 1 + rest.len() - inside.len();
            if is_blank_or_comment(inside) {
                self.next += 1;
                let item = match self.peek() {
                    Some(below) if below.indent > indent => self.block(below.indent, depth)?,
                    _ => Value::Nil,
                };
                self.keep(&mut items, item);
            } else if is_item(inside) || entry(inside).is_some() {
                // What follows the dash is the first line of a block of its own.
                *self.lines.get_mut(self.next)? = Line {
                    indent: column,
                    text: inside,
                };
                let item = self.block(column, depth)?;
                self.keep(&mut items, item);
            } else {
                self.next += 1;
                let item = self.scalar(inside, indent)?;
                self.keep(&mut items, item);
            }
        }
        Some(if self.skimming {
            Value::Nil
        } else {
            items.into()
        })
    }

    fn keep(&self, items: &mut Vec<Value>, item: Value) {
        if !self.skimming {
            items.push(item);
        }
    }

    /// A scalar; nothing that follows may belong to it.
    fn scalar(&mut self, text: &'t str, indent: usize) -> Option<Value> {
        let value = match text {
            "|" => return self.literal(indent, true),
            "|-" => return self.literal(indent, false),
            text => {
                let word = inline(text)?;
                if self.skimming {
                    Value::Nil
                } else {
                    word.into()
                }
            }
        };
        if self.peek().is_some_and(|line| line.indent > indent) {
            return None;
        }
        Some(value)
    }

    /// A literal block; `ends` says whether it ends in a newline.
    fn literal(&mut self, indent: usize, ends: bool) -> Option<Value> {
        let first = *self.lines.get(self.next)?;
        if first.text.is_empty() || first.indent <= indent {
            return None;
        }
        let mut out = String::new();
        let mut empty = 0;
        while let Some(line) = self.lines.get(self.next) {
            if line.text.is_empty() {
                if line.indent > first.indent {
                    return None;
                }
                empty += 1;
            } else if line.indent < first.indent {
                break;
            } else if !self.skimming {
                out.extend(std::iter::repeat_n('\n', empty));
                out.extend(std::iter::repeat_n(' ', line.indent - first.indent));
                out.push_str(line.text);
                out.push('\n');
                empty = 0;
            }
            self.next += 1;
        }
        // The lines of the block must not go on at another depth, comments among them.
        let after = self.lines.get(self.next);
        if after.is_some_and(|line| line.indent > indent) {
            return None;
        }
        if !ends {
            out.pop();
        }
        Some(out.into())
    }
}

#[cfg(test)]
mod tests;
