//! Formats integers as Go does.
use super::printer::{Flags, Printer};
use super::quote::{is_printable, quoted};

/// An integer and whether its type is signed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Integer {
    pub(super) size: u64,
    pub(super) negative: bool,
    pub(super) signed: bool,
}

impl Integer {
    pub(super) fn signed(number: i64) -> Self {
        Self {
            size: number.unsigned_abs(),
            negative: number < 0,
            signed: true,
        }
    }

    pub(super) fn unsigned(number: u64) -> Self {
        Self {
            size: number,
            negative: false,
            signed: false,
        }
    }

    fn bits(self) -> u64 {
        if self.negative {
            self.size.wrapping_neg()
        } else {
            self.size
        }
    }

    fn character(self) -> char {
        u32::try_from(self.bits())
            .ok()
            .and_then(char::from_u32)
            .unwrap_or('\u{fffd}')
    }
}

/// Writes an integer; false when the verb does not apply to integers.
pub(super) fn write(printer: &mut Printer, flags: &Flags, verb: char, number: Integer) -> bool {
    match verb {
        'v' if flags.source && !number.signed => {
            let sharp = Flags {
                sharp: true,
                ..*flags
            };
            digits(printer, &sharp, 'x', number);
        }
        'd' | 'v' | 'b' | 'o' | 'O' | 'x' | 'X' => digits(printer, flags, verb, number),
        'c' => printer.pad(flags, number.character().encode_utf8(&mut [0; 4])),
        'q' => {
            let character = number.character().to_string();
            printer.pad(flags, &quoted(&character, '\'', flags.plus));
        }
        'U' => printer.pad_with_spaces(flags, &unicode(flags, number)),
        _ => return false,
    }
    true
}

fn digits(printer: &mut Printer, flags: &Flags, verb: char, number: Integer) {
    let size = number.size;
    if flags.precision == Some(0) && size == 0 {
        return printer.fill(' ', flags.width.unwrap_or(0));
    }
    let digits = match verb {
        'b' => format!("{size:b}"),
        'o' | 'O' => format!("{size:o}"),
        'x' => format!("{size:x}"),
        'X' => format!("{size:X}"),
        _ => size.to_string(),
    };
    let sign = match (number.negative, flags.plus, flags.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    let least = match (flags.precision, flags.width) {
        (Some(precision), _) => precision,
        (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(sign.len()),
        _ => 0,
    };
    let zeros = least.saturating_sub(digits.len());
    let prefix = match verb {
        'b' if flags.sharp => "0b",
        'x' if flags.sharp => "0x",
        'X' if flags.sharp => "0X",
        'o' | 'O' if flags.sharp && zeros == 0 && size != 0 => "0",
        _ => "",
    };
    let mark = if verb == 'O' { "0o" } else { "" };
    // Go limits the precision, so the number of zeros is bounded.
    let text = format!("{sign}{mark}{prefix}{}{digits}", "0".repeat(zeros));
    printer.pad_with_spaces(flags, &text);
}

fn unicode(flags: &Flags, number: Integer) -> String {
    let least = flags.precision.unwrap_or(4).max(4);
    let digits = format!("{:X}", number.bits());
    let zeros = "0".repeat(least.saturating_sub(digits.len()));
    let mut text = format!("U+{zeros}{digits}");
    let character = u32::try_from(number.bits()).ok().and_then(char::from_u32);
    if let Some(c) = character.filter(|c| flags.sharp && is_printable(*c)) {
        text.push_str(" '");
        text.push(c);
        text.push('\'');
    }
    text
}
