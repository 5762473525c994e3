//! Go's fmt package for the values of the template language.
//!
//! Start at [`text`] (`%v`) and [`sprintf`]. [`format`] parses a format string; [`value`],
//! [`number`] and [`float`] write values to a [`Printer`] with a maximum capacity.
mod float;
mod format;
mod number;
mod printer;
mod quote;
mod value;

use crate::value::Value;
use printer::{Flags, Printer};

pub(crate) use quote::is_printable;
pub use quote::quote;

/// The maximum length of a text from this module, in bytes.
const MAX_LENGTH: usize = 64 * 1024 * 1024;

/// A text would exceed the capacity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overflow;

/// The text of one value, as `print` writes it, truncated at 64 MiB.
pub fn text(value: &Value) -> String {
    match plain_text(value) {
        Some(text) => text,
        None => print_value(value, MAX_LENGTH).text(),
    }
}

/// The text of one value, limited to `capacity` bytes.
pub(crate) fn text_within(value: &Value, capacity: usize) -> Result<String, Overflow> {
    match value {
        Value::Str(text) if text.len() > capacity => Err(Overflow),
        _ => match plain_text(value) {
            Some(text) => Ok(text),
            None => print_value(value, capacity).finish(),
        },
    }
}

fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_string()),
        Value::Int(number) | Value::Int64(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn print_value(value: &Value, capacity: usize) -> Printer {
    let mut printer = Printer::new(capacity);
    printer.argument(&Flags::default(), 'v', value);
    printer
}

/// A float as `%v` prints it.
pub fn float_text(number: f64) -> String {
    float::shortest(number)
}

/// Go's fmt.Sprintf.
pub fn sprintf(format: &str, arguments: &[Value]) -> String {
    sprintf_within(format, arguments, MAX_LENGTH).unwrap_or_default()
}

/// Go's fmt.Sprintf, limited to `capacity` bytes.
pub(crate) fn sprintf_within(
    format: &str,
    arguments: &[Value],
    capacity: usize,
) -> Result<String, Overflow> {
    let mut printer = Printer::new(capacity);
    format::write(&mut printer, format, arguments);
    printer.finish()
}

/// Go's fmt.Sprint: a space between two operands when neither is a string; limited to `capacity`
/// bytes.
pub(crate) fn print(arguments: &[Value], capacity: usize) -> Result<String, Overflow> {
    let mut printer = Printer::new(capacity);
    let mut after_string = true;
    for (position, value) in arguments.iter().enumerate() {
        let string = matches!(value, Value::Str(_));
        if position > 0 && !string && !after_string {
            printer.push(" ");
        }
        printer.argument(&Flags::default(), 'v', value);
        after_string = string;
    }
    printer.finish()
}

/// Go's fmt.Sprintln: a space between any two operands; limited to `capacity` bytes.
pub(crate) fn println(arguments: &[Value], capacity: usize) -> Result<String, Overflow> {
    let mut printer = Printer::new(capacity);
    for (position, value) in arguments.iter().enumerate() {
        if position > 0 {
            printer.push(" ");
        }
        printer.argument(&Flags::default(), 'v', value);
    }
    printer.push("\n");
    printer.finish()
}
