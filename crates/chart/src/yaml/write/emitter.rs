//! The output text with the position in the line, and the styles of scalars.
//!
//! The rules are libyaml's: a line break is written only when it is needed, and lines beyond the
//! width are folded at a space.
use super::scalar::{Style, is_break, is_printable};

/// The column beyond which lines are folded.
const WIDTH: usize = 80;

/// The output text and the current position.
#[derive(Debug)]
pub(super) struct Emitter {
    out: String,
    column: usize,
    /// Whether the last output is whitespace.
    whitespace: bool,
    /// Whether the line contains only indentation and list indicators.
    indented: bool,
}

impl Default for Emitter {
    fn default() -> Self {
        Self {
            out: String::new(),
            column: 0,
            whitespace: true,
            indented: true,
        }
    }
}

impl Emitter {
    pub(super) fn finish(mut self) -> String {
        self.indent(-1);
        self.out
    }

    pub(super) fn is_indented(&self) -> bool {
        self.indented
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    fn put_str(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn line(&mut self, with: char) {
        self.out.push(with);
        self.column = 0;
    }

    /// Moves to an indentation, on a new line unless the current line allows it.
    pub(super) fn indent(&mut self, indent: i32) {
        let indent = usize::try_from(indent).unwrap_or(0);
        let here = self.indented && self.column <= indent;
        if !here || (self.column == indent && !self.whitespace) {
            self.line('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indented = true;
    }

    /// Writes an indicator, with a space before it if necessary.
    pub(super) fn indicator(
        &mut self,
        indicator: &str,
        spaced: bool,
        is_space: bool,
        is_indent: bool,
    ) {
        if spaced && !self.whitespace {
            self.put(' ');
        }
        self.put_str(indicator);
        self.whitespace = is_space;
        self.indented &= is_indent;
    }

    /// Writes a scalar; keys are never folded.
    pub(super) fn scalar(&mut self, text: &str, style: Style, indent: i32, folds: bool) {
        match style {
            Style::Plain => {
                if !self.whitespace && !text.is_empty() {
                    self.put(' ');
                }
                self.lines(text, indent, folds, false);
            }
            Style::SingleQuoted => {
                self.indicator("'", true, false, false);
                self.lines(text, indent, folds, true);
                self.indicator("'", false, false, false);
            }
            Style::DoubleQuoted => {
                self.indicator("\"", true, false, false);
                self.escaped(text, indent, folds);
                self.indicator("\"", false, false, false);
            }
            Style::Literal => return self.literal(text, indent),
        }
        self.whitespace = false;
        self.indented = false;
    }

    /// Writes plain or single-quoted text.
    fn lines(&mut self, text: &str, indent: i32, folds: bool, quoted: bool) {
        #[expect(
            clippy::needless_bitwise_bool,
            reason = "without a branch, so that it is vectorised"
        )]
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') & (byte != b'\'');
        if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
            return self.ascii_lines(text, indent, folds, quoted);
        }
        let (mut spaces, mut line_breaks) = (false, false);
        let mut rest = text.chars().peekable();
        let mut first = true;
        while let Some(c) = rest.next() {
            let next = rest.peek().copied();
            if c == ' ' {
                let inside = !quoted || (!first && next.is_some());
                if folds && !spaces && self.column > WIDTH && inside && next != Some(' ') {
                    self.indent(indent);
                } else {
                    self.put(c);
                }
                spaces = true;
            } else if is_break(c) {
                if !line_breaks && c == '\n' {
                    self.line('\n');
                }
                self.line(c);
                self.indented = true;
                line_breaks = true;
            } else {
                if line_breaks {
                    self.indent(indent);
                }
                if quoted && c == '\'' {
                    self.put('\'');
                }
                self.put(c);
                self.indented = false;
                (spaces, line_breaks) = (false, false);
            }
            first = false;
        }
    }

    /// Writes printable ASCII without quotes: nothing is folded before the width, so that most texts are
    /// written at once.
    fn ascii_lines(&mut self, text: &str, indent: i32, folds: bool, quoted: bool) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let until_fold = (WIDTH + 1).saturating_sub(self.column);
            let room = if folds { until_fold } else { usize::MAX };
            let count = room.min(bytes.len() - at);
            if count > 0 {
                self.out
                    .push_str(text.get(at..at + count).unwrap_or_default());
                self.column += count;
                at += count;
                continue;
            }
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let next = bytes.get(at + 1);
            let inside = !quoted || (before.is_some() && next.is_some());
            if *byte == b' ' && before != Some(&b' ') && next != Some(&b' ') && inside {
                self.indent(indent);
            } else {
                self.put(char::from(*byte));
            }
            at += 1;
        }
        self.indented &= text.is_empty();
    }

    fn escaped(&mut self, text: &str, indent: i32, folds: bool) {
        // go-yaml checks for a byte order mark at the start of the text, for each character that it
        // writes.
        let marked = text.starts_with('\u{feff}');
        let mut spaces = false;
        let mut rest = text.chars().peekable();
        let mut first = true;
        while let Some(c) = rest.next() {
            let next = rest.peek().copied();
            if marked || !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
                self.put_str(&escape(c));
                spaces = false;
            } else if c == ' ' {
                if folds && !spaces && self.column > WIDTH && !first && next.is_some() {
                    self.indent(indent);
                    if next == Some(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
                spaces = true;
            } else {
                self.put(c);
                spaces = false;
            }
            first = false;
        }
    }

    fn literal(&mut self, text: &str, indent: i32) {
        self.indicator("|", true, false, false);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.indicator("2", false, false, false);
        }
        let mut last = text.chars().rev();
        match (last.next(), last.next()) {
            (Some(c), _) if !is_break(c) => self.indicator("-", false, false, false),
            (Some(_), before) if before.is_none_or(is_break) => {
                self.indicator("+", false, false, false);
            }
            _ => {}
        }
        self.line('\n');
        (self.indented, self.whitespace) = (true, true);
        let mut line_breaks = true;
        for c in text.chars() {
            if is_break(c) {
                self.line(c);
                (self.indented, line_breaks) = (true, true);
            } else {
                if line_breaks {
                    self.indent(indent);
                }
                self.put(c);
                (self.indented, line_breaks) = (false, false);
            }
        }
    }
}

fn escape(c: char) -> String {
    let letter = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        c => {
            return match u32::from(c) {
                code @ 0..=0xff => format!("\\x{code:02X}"),
                code @ 0x100..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{letter}")
}
