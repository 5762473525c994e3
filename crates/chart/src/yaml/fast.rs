//! A fast parser for the simple subset of YAML that most manifests use.
//!
//! The subset is block maps and lists, flow collections on one line, plain and quoted scalars, and literal
//! and folded blocks. For any other construct and for invalid YAML, [`value`] returns `None` and the full
//! parser reads the text. When this parser returns a value, the full parser returns the same.
mod flow;
mod lines;
mod scalar;

use gotmpl::{Map, Value};

use scalar::{entry, inline, is_blank_or_comment, is_item};

/// The maximum nesting depth of this parser.
const MAX_DEPTH: usize = 100;

/// A line: its indentation and its content.
#[derive(Clone, Copy)]
struct Line<'t> {
    indent: usize,
    text: &'t str,
}

struct Reader<'t> {
    lines: Vec<Line<'t>>,
    next: usize,
    /// Selects the keys of the top-level map that are kept.
    includes_key: fn(&str) -> bool,
    /// Whether the current value is discarded.
    skimming: bool,
    /// Whether the last line has a newline; a block at the end takes it.
    ends_with_newline: bool,
}

/// The value of a text; `None` when the text is outside of the subset.
pub(super) fn value(text: &str) -> Option<Value> {
    part(text, |_| true)
}

/// The same with only some keys of the top-level map.
pub(super) fn part(text: &str, includes_key: fn(&str) -> bool) -> Option<Value> {
    if !scalar::is_plain_text(text) {
        return None;
    }
    let ends_with_newline = text.ends_with('\n');
    let mut lines = Vec::new();
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        let indent = line.bytes().take_while(|byte| *byte == b' ').count();
        let content = line.get(indent..).unwrap_or_default();
        let is_document_marker = match line.as_bytes() {
            [b'%', ..] => true,
            [first @ (b'-' | b'.'), second, third, ..] => first == second && second == third,
            _ => false,
        };
        if is_document_marker {
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
        ends_with_newline,
    };
    let first = reader.peek()?;
    let value = reader.block(first.indent, MAX_DEPTH)?;
    reader.peek().is_none().then_some(value)
}

impl<'t> Reader<'t> {
    /// The next line that is neither blank nor a comment.
    fn peek(&mut self) -> Option<Line<'t>> {
        loop {
            let line = *self.lines.get(self.next)?;
            if !is_blank_or_comment(line.text) {
                return Some(line);
            }
            self.next += 1;
        }
    }

    /// Parses a map or list that starts at the next line, with this indentation.
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

    /// Parses the value of a key: a scalar, or a nested block.
    fn after_key(&mut self, rest: &'t str, indent: usize, depth: usize) -> Option<Value> {
        if !rest.is_empty() {
            return self.scalar(rest, indent);
        }
        match self.peek() {
            Some(line) if line.indent > indent => {
                if is_item(line.text) || entry(line.text).is_some() {
                    return self.block(line.indent, depth);
                }
                self.next += 1;
                self.scalar(line.text, indent)
            }
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
                // The text after the dash is the first line of a nested block.
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

    /// Parses a scalar; no deeper line may follow it.
    fn scalar(&mut self, text: &'t str, indent: usize) -> Option<Value> {
        let value = match text {
            "|" => return self.literal(indent, None, true),
            "|-" => return self.literal(indent, None, false),
            ">" => return self.folded(indent, true),
            ">-" => return self.folded(indent, false),
            text if text.starts_with('|') => {
                let (depth, ends) = literal_header(text)?;
                return self.literal(indent, Some(indent + depth), ends);
            }
            text if text.starts_with(['"', '\'']) => self.quoted(text, indent)?,
            text if text.starts_with(['[', '{']) => {
                let word = inline(text)?;
                self.kept(word)
            }
            text => self.plain(text, indent)?,
        };
        if self.peek().is_some_and(|line| line.indent > indent) {
            return None;
        }
        Some(value)
    }

    /// Parses a literal block; `inner` is its indentation, else that of its first line, and `ends` is whether it
    /// has a final newline.
    fn literal(&mut self, indent: usize, inner: Option<usize>, ends: bool) -> Option<Value> {
        // Blank lines may precede the text only where the header has the indentation.
        let mut lines = self.lines.get(self.next..)?.iter();
        let first = *lines.find(|line| inner.is_none() || !line.text.is_empty())?;
        let inner = inner.unwrap_or(first.indent);
        if first.text.is_empty() || first.indent < inner || inner <= indent {
            return None;
        }
        let mut out = String::new();
        let mut empty = 0;
        while let Some(line) = self.lines.get(self.next) {
            if line.text.is_empty() {
                if line.indent > inner {
                    return None;
                }
                empty += 1;
            } else if line.indent < inner {
                break;
            } else if !self.skimming {
                out.extend(std::iter::repeat_n('\n', empty));
                out.extend(std::iter::repeat_n(' ', line.indent - inner));
                out.push_str(line.text);
                out.push('\n');
                empty = 0;
            }
            self.next += 1;
        }
        // The next line, even a comment, must not continue the block at another depth.
        let after = self.lines.get(self.next);
        if after.is_some_and(|line| line.indent > indent) || !self.is_block_whole() {
            return None;
        }
        if !ends {
            out.pop();
        }
        Some(out.into())
    }
}

/// The depth and the end of a literal block with a depth, such as `|2-`.
fn literal_header(text: &str) -> Option<(usize, bool)> {
    let header = text.strip_prefix('|')?;
    let (depth, ends) = match header.strip_suffix('-') {
        Some(depth) => (depth, false),
        None => (header, true),
    };
    let is_depth = depth.len() == 1 && depth != "0";
    let depth = depth.parse().ok().filter(|_| is_depth)?;
    Some((depth, ends))
}

#[cfg(test)]
mod tests;
