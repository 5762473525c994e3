//! Parses a format string: flags, argument indexes, width, precision, verb.
use super::printer::{Flags, Printer};
use crate::value::Value;

/// The maximum width or precision that Go accepts from an argument.
const MAX_WIDTH: i64 = 1_000_000;

struct Reader<'a> {
    rest: &'a str,
    arguments: &'a [Value],
    next: usize,
    /// Whether an argument index was used; Go then reports no extra arguments.
    reordered: bool,
    /// Whether the argument indexes of this verb are valid.
    indexes_valid: bool,
}

/// Writes the arguments according to the format string.
pub(super) fn write(printer: &mut Printer, format: &str, arguments: &[Value]) {
    let mut reader = Reader {
        rest: format,
        arguments,
        next: 0,
        reordered: false,
        indexes_valid: true,
    };
    while let Some((before, after)) = reader.rest.split_once('%') {
        printer.push(before);
        reader.rest = after;
        if !reader.verb(printer) {
            break;
        }
    }
    printer.push(reader.rest);
    if !reader.reordered {
        extra(printer, arguments.get(reader.next..).unwrap_or_default());
    }
}

fn extra(printer: &mut Printer, arguments: &[Value]) {
    for (index, argument) in arguments.iter().enumerate() {
        printer.push(if index == 0 { "%!(EXTRA " } else { ", " });
        if !matches!(argument, Value::Nil) {
            printer.push(argument.type_name());
            printer.push("=");
        }
        printer.argument(&Flags::default(), 'v', argument);
    }
    if !arguments.is_empty() {
        printer.push(")");
    }
}

impl Reader<'_> {
    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn skip_if(&mut self, c: char) -> bool {
        let after = self.rest.strip_prefix(c);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Handles one verb with its flags; returns whether to continue.
    fn verb(&mut self, printer: &mut Printer) -> bool {
        let mut flags = Flags::default();
        while let Some(c) = self.rest.chars().next().filter(|c| flags.take(*c)) {
            self.skip(c.len_utf8());
        }
        self.indexes_valid = true;
        let mut after_index = self.index();
        self.width(printer, &mut flags, &mut after_index);
        if self.skip_if('.') {
            self.precision(printer, &mut flags, &mut after_index);
        }
        if !after_index {
            self.index();
        }
        let Some(verb) = self.rest.chars().next() else {
            printer.push("%!(NOVERB)");
            return false;
        };
        self.skip(verb.len_utf8());
        let problem = match self.arguments.get(self.next) {
            _ if verb == '%' => {
                printer.push("%");
                return true;
            }
            _ if !self.indexes_valid => "BADINDEX",
            None => "MISSING",
            Some(argument) => {
                printer.argument(&flags.for_verb(verb), verb, argument);
                self.next += 1;
                return true;
            }
        };
        printer.push("%!");
        printer.push_char(verb);
        printer.push("(");
        printer.push(problem);
        printer.push(")");
        true
    }

    fn width(&mut self, printer: &mut Printer, flags: &mut Flags, after_index: &mut bool) {
        if self.skip_if('*') {
            let size = self.size();
            if size.is_none() {
                printer.push("%!(BADWIDTH)");
            }
            if size.is_some_and(|width| width < 0) {
                flags.minus = true;
            }
            flags.width = size.map(|width| width.unsigned_abs() as usize);
            *after_index = false;
        } else {
            flags.width = self.number();
            self.indexes_valid &= !(*after_index && flags.width.is_some());
        }
    }

    fn precision(&mut self, printer: &mut Printer, flags: &mut Flags, after_index: &mut bool) {
        self.indexes_valid &= !*after_index;
        *after_index = self.index();
        if self.skip_if('*') {
            flags.precision = self.size().and_then(|size| usize::try_from(size).ok());
            if flags.precision.is_none() {
                printer.push("%!(BADPREC)");
            }
            *after_index = false;
        } else {
            flags.precision = Some(self.number().unwrap_or(0));
        }
    }

    /// A width or precision from an argument.
    fn size(&mut self) -> Option<i64> {
        let argument = self.arguments.get(self.next)?;
        self.next += 1;
        argument
            .as_integer()
            .filter(|size| (-MAX_WIDTH..=MAX_WIDTH).contains(size))
    }

    /// A literal width or precision. One that is too large consumes the rest of the format string.
    fn number(&mut self) -> Option<usize> {
        let (number, length) = number(self.rest);
        if length > 0 && number.is_none() {
            self.rest = "";
            return None;
        }
        self.skip(length);
        number
    }

    /// `[3]`: the index of the next argument; returns whether there was one.
    fn index(&mut self) -> bool {
        if !self.rest.starts_with('[') {
            return false;
        }
        self.reordered = true;
        let Some(end) = self.rest.find(']').filter(|_| self.rest.len() >= 3) else {
            self.indexes_valid = false;
            self.skip(1);
            return false;
        };
        let inside = self.rest.get(1..end).unwrap_or_default();
        self.skip(end + 1);
        let (index, length) = number(inside);
        let Some(index) = index.filter(|_| length == inside.len()) else {
            self.indexes_valid = false;
            return false;
        };
        match index.checked_sub(1).filter(|at| *at < self.arguments.len()) {
            Some(at) => self.next = at,
            None => self.indexes_valid = false,
        }
        true
    }
}

/// The number at the start of a text, if it is within Go's limit, and its length.
fn number(text: &str) -> (Option<usize>, usize) {
    let mut number = None;
    for (at, byte) in text.bytes().enumerate() {
        if !byte.is_ascii_digit() {
            return (number, at);
        }
        let before = number.unwrap_or(0);
        if before > MAX_WIDTH as usize {
            return (None, at + 1);
        }
        number = Some(before * 10 + usize::from(byte - b'0'));
    }
    (number, text.len())
}
