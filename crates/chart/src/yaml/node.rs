//! A YAML document as a tree of nodes with their positions.
use std::borrow::Cow;
use std::collections::HashMap;

use libyaml_safer::{Encoding, Event, EventData, MappingStyle, Parser, ScalarStyle, SequenceStyle};

use super::{Error, tags};

/// The maximum length of a text, in bytes.
const MAX_TEXT_SIZE: usize = 16 * 1024 * 1024;
/// The maximum nesting depth.
const MAX_DEPTH: usize = 200;
/// The maximum number of nodes in one text; nodes that aliases repeat count each time.
const MAX_NODES: usize = 1_000_000;

/// A position in a text, counted from 0; `byte` in bytes, `column` in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) byte: usize,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A node of a document.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) start: Mark,
    pub(crate) end: Mark,
    pub(crate) tag: Option<String>,
    pub(crate) content: Content,
}

/// The content of a node.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Scalar {
        text: String,
        plain: bool,
    },
    List {
        items: Vec<Node>,
        flow: bool,
    },
    Map {
        entries: Vec<(Node, Node)>,
        flow: bool,
    },
    /// An alias of an anchored node.
    Alias(Box<Node>),
}

impl Node {
    /// The target of an alias, or the node itself.
    pub(crate) fn target(&self) -> &Node {
        match &self.content {
            Content::Alias(node) => node.target(),
            _ => self,
        }
    }
}

/// Parses all documents of a text, or only the first.
pub(crate) fn documents(text: &str, only_first: bool) -> Result<Vec<Node>, Error> {
    if text.len() > MAX_TEXT_SIZE {
        return Err(Error::at(
            text,
            1,
            1,
            format!("text is larger than {MAX_TEXT_SIZE} bytes"),
        ));
    }
    let terminated = with_final_newline(text);
    let Some(rewritten) = tags::rewrite_tags(&terminated) else {
        let reason = "too many tags with a comma or a bracket in them";
        return Err(Error::at(text, 1, 1, reason));
    };
    let mut bytes = rewritten.as_bytes();
    let mut parser = Parser::new();
    if is_mistaken_for_byte_order_mark(text) {
        parser.set_encoding(Encoding::Utf8);
    }
    parser.set_input_string(&mut bytes);
    let mut reader = Reader {
        text,
        newline_added: terminated.len() > text.len(),
        parser,
        anchors: HashMap::new(),
        nodes: 0,
    };
    // No text is known for which the parser still panics; if there is one, the server continues.
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        reader.documents(only_first)
    }));
    read.unwrap_or_else(|_| {
        let reason = "did not find expected whitespace or line break";
        Err(Error::at(text, 1, 1, reason))
    })
}

/// Whether the parser mistakes the first byte of the text, such as that of `！`, for part of a byte
/// order mark, unless the encoding is set.
pub(super) fn is_mistaken_for_byte_order_mark(text: &str) -> bool {
    text.starts_with(|c| matches!(c, '\u{f000}'..='\u{ffff}') && c != '\u{feff}')
}

/// The text with a final newline. Without one, the parser panics at the end of a block scalar or an
/// escape. A last line of spaces is removed.
fn with_final_newline(text: &str) -> Cow<'_, str> {
    let last = text.rfind(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
    let last = last.map_or(0, |at| {
        at + text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8)
    });
    let line = text.get(last..).unwrap_or_default();
    let before = text.get(..last).unwrap_or_default();
    if line.is_empty() {
        Cow::Borrowed(text)
    } else if line.trim_matches(' ').is_empty() {
        Cow::Borrowed(before)
    } else {
        Cow::Owned(format!("{text}\n"))
    }
}

struct Reader<'r, 'b> {
    text: &'b str,
    /// Whether the parsed text has an additional newline.
    newline_added: bool,
    parser: Parser<&'r mut &'b [u8]>,
    anchors: HashMap<String, (Node, usize)>,
    nodes: usize,
}

impl Reader<'_, '_> {
    fn next(&mut self) -> Result<Event, Error> {
        self.parser.parse().map_err(|error| {
            let mark = error.problem_mark().unwrap_or_default();
            let (mut line, column) = (mark.line as usize + 1, mark.column as usize + 1);
            let scanning = error.kind() == libyaml_safer::ErrorKind::Scanner;
            if scanning && self.newline_added && mark.index as usize > self.text.len() {
                line -= 1;
            }
            let error = Error::at(self.text, line, column, error.problem());
            if scanning {
                error.into_scanner_error()
            } else {
                error
            }
        })
    }

    fn fail<T>(&self, mark: Mark, reason: impl Into<String>) -> Result<T, Error> {
        Err(Error::at(self.text, mark.line + 1, mark.column + 1, reason))
    }

    fn location(&self, mark: libyaml_safer::Mark) -> Mark {
        Mark {
            byte: self.text.len().min(mark.index as usize),
            line: mark.line as usize,
            column: mark.column as usize,
        }
    }

    fn documents(&mut self, only_first: bool) -> Result<Vec<Node>, Error> {
        let mut documents = Vec::new();
        loop {
            let event = self.next()?;
            match event.data {
                EventData::StreamEnd => return Ok(documents),
                EventData::DocumentStart { .. } => {
                    self.anchors.clear();
                    let event = self.next()?;
                    documents.push(self.node(event, 0)?.0);
                    if only_first {
                        // The end of the document: what follows the node has to be another document.
                        self.next()?;
                        return Ok(documents);
                    }
                }
                _ => {}
            }
        }
    }

    /// A node, and the number of nodes in it.
    fn node(&mut self, event: Event, depth: usize) -> Result<(Node, usize), Error> {
        let start = self.location(event.start_mark);
        let mut end = self.location(event.end_mark);
        if depth > MAX_DEPTH {
            return self.fail(start, "nested too deeply");
        }
        self.count(1, start)?;
        let mut size = 1;
        let (tag, anchor, content) = match event.data {
            EventData::Scalar {
                tag,
                anchor,
                value,
                style,
                ..
            } => {
                let plain = style == ScalarStyle::Plain;
                if style == ScalarStyle::DoubleQuoted {
                    self.check_escapes(start, end)?;
                }
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let text = if is_block
                    && self.newline_added
                    && event.end_mark.index as usize > self.text.len()
                {
                    value.strip_suffix('\n').unwrap_or(&value).to_owned()
                } else {
                    value
                };
                (tag, anchor, Content::Scalar { text, plain })
            }
            EventData::SequenceStart {
                tag, anchor, style, ..
            } => {
                let mut items = Vec::new();
                end = self.children(depth, &mut size, |item| items.push(item))?;
                let flow = style == SequenceStyle::Flow;
                (tag, anchor, Content::List { items, flow })
            }
            EventData::MappingStart {
                tag, anchor, style, ..
            } => {
                let mut parts = Vec::new();
                end = self.children(depth, &mut size, |part| parts.push(part))?;
                let entries = pairs(parts);
                let flow = style == MappingStyle::Flow;
                (tag, anchor, Content::Map { entries, flow })
            }
            EventData::Alias { anchor } => {
                let Some((target, count)) = self.anchors.get(&anchor).cloned() else {
                    return self.fail(start, format!("unknown anchor '{anchor}' referenced"));
                };
                self.count(count, start)?;
                size += count;
                (None, None, Content::Alias(Box::new(target)))
            }
            _ => return self.fail(start, "did not find expected node content"),
        };
        let node = Node {
            start,
            end,
            tag,
            content,
        };
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok((node, size))
    }

    /// Rejects the escape `\\/`, which the parser accepts and go-yaml does not.
    fn check_escapes(&self, start: Mark, end: Mark) -> Result<(), Error> {
        let written = self.text.get(start.byte..end.byte).unwrap_or_default();
        let mut rest = written.char_indices();
        while let Some((at, c)) = rest.next() {
            if c == '\\' && rest.next().is_some_and(|(_, next)| next == '/') {
                let line =
                    start.line + 1 + written.get(..at).unwrap_or_default().matches('\n').count();
                let error = Error::at(self.text, line, 1, "found unknown escape character");
                return Err(error.into_scanner_error());
            }
        }
        Ok(())
    }

    fn children(
        &mut self,
        depth: usize,
        size: &mut usize,
        mut keep: impl FnMut(Node),
    ) -> Result<Mark, Error> {
        loop {
            let event = self.next()?;
            if matches!(event.data, EventData::SequenceEnd | EventData::MappingEnd) {
                return Ok(self.location(event.end_mark));
            }
            let (node, count) = self.node(event, depth + 1)?;
            *size += count;
            keep(node);
        }
    }

    fn count(&mut self, nodes: usize, at: Mark) -> Result<(), Error> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return self.fail(
                at,
                "document contains excessive aliasing or too many values",
            );
        }
        Ok(())
    }
}

/// Groups the nodes of a mapping into pairs of key and value.
fn pairs(parts: Vec<Node>) -> Vec<(Node, Node)> {
    let mut entries = Vec::with_capacity(parts.len() / 2);
    let mut parts = parts.into_iter();
    while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
        entries.push((key, value));
    }
    entries
}
