//! Formats floats as Go does.
use super::printer::{Flags, Printer};

/// The maximum number of significant digits of a float; all digits beyond are zeros.
const MAX_DIGITS: usize = 1100;

/// Writes a float; false when the verb does not apply to floats.
pub(super) fn write(printer: &mut Printer, flags: &Flags, verb: char, number: f64) -> bool {
    let (verb, default_precision) = match verb {
        'v' => ('g', None),
        'g' | 'G' | 'x' | 'X' | 'b' => (verb, None),
        'f' | 'e' | 'E' => (verb, Some(6)),
        'F' => ('f', Some(6)),
        _ => return false,
    };
    let precision = flags.precision.or(default_precision);
    let negative = number.is_sign_negative() && !number.is_nan();
    let sign = match (negative, flags.plus, flags.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    if number.is_nan() {
        printer.pad_with_spaces(flags, &format!("{sign}NaN"));
        return true;
    }
    if number.is_infinite() {
        let sign = if sign.is_empty() { "+" } else { sign };
        printer.pad_with_spaces(flags, &format!("{sign}Inf"));
        return true;
    }
    let mut digits = unsigned(verb, number.abs(), precision);
    if flags.sharp && verb != 'b' {
        digits = with_point(&digits, verb, precision);
    }
    let width = flags.width.unwrap_or(0);
    if flags.zero && !flags.minus && !sign.is_empty() {
        printer.push(sign);
        printer.fill('0', width.saturating_sub(sign.len() + digits.len()));
        printer.push(&digits);
    } else {
        printer.pad(flags, &format!("{sign}{digits}"));
    }
    true
}

/// A float as `%v` prints it.
pub(super) fn shortest(number: f64) -> String {
    let sign = if number.is_sign_negative() && !number.is_nan() {
        "-"
    } else {
        ""
    };
    match number {
        _ if number.is_nan() => "NaN".to_owned(),
        _ if number.is_infinite() => format!("{}Inf", if sign.is_empty() { "+" } else { sign }),
        _ => format!("{sign}{}", general(number.abs(), None)),
    }
}

fn unsigned(verb: char, magnitude: f64, precision: Option<usize>) -> String {
    match verb {
        'f' => padded(precision.unwrap_or(6), |digits| {
            format!("{magnitude:.digits$}")
        }),
        'e' => exponential(magnitude, precision.unwrap_or(6)),
        'E' => exponential(magnitude, precision.unwrap_or(6)).to_uppercase(),
        'G' => general(magnitude, precision).to_uppercase(),
        'x' => hexadecimal(magnitude, precision),
        'X' => hexadecimal(magnitude, precision).to_uppercase(),
        'b' => binary(magnitude),
        _ => general(magnitude, precision),
    }
}

/// A text with this many fraction digits; Rust formats fewer than Go does.
fn padded(digits: usize, format_digits: impl FnOnce(usize) -> String) -> String {
    let text = format_digits(digits.min(MAX_DIGITS));
    text + &"0".repeat(digits.saturating_sub(MAX_DIGITS))
}

fn exponential(magnitude: f64, precision: usize) -> String {
    let digits = precision.min(MAX_DIGITS);
    let text = format!("{magnitude:.digits$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let zeros = "0".repeat(precision.saturating_sub(MAX_DIGITS));
    format!(
        "{mantissa}{zeros}e{}",
        power_text(power.parse().unwrap_or(0))
    )
}

/// An exponent with its sign and at least two digits.
fn power_text(power: i32) -> String {
    let sign = if power < 0 { '-' } else { '+' };
    format!("{sign}{:02}", power.abs())
}

/// `%g`: the shortest text or this many digits, with an exponent for large and small numbers.
fn general(magnitude: f64, precision: Option<usize>) -> String {
    let scientific = match precision {
        None => format!("{magnitude:e}"),
        Some(digits) => format!("{magnitude:.*e}", digits.clamp(1, MAX_DIGITS) - 1),
    };
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let digits = mantissa.replace('.', "");
    let digits = match precision {
        Some(_) => digits.trim_end_matches('0'),
        None => digits.as_str(),
    };
    let digits = if digits.is_empty() { "0" } else { digits };
    let largest_power = match precision {
        None => 6,
        Some(requested) => {
            let requested = i32::try_from(requested.max(1)).unwrap_or(i32::MAX);
            let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
            if requested > count && count > power {
                count.max(power + 1)
            } else {
                requested
            }
        }
    };
    if power < -4 || power >= largest_power {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{first}{point}{rest}e{}", power_text(power));
    }
    if power < 0 {
        let zeros = "0".repeat(usize::try_from(-power - 1).unwrap_or(0));
        return format!("0.{zeros}{digits}");
    }
    let whole = usize::try_from(power + 1).unwrap_or(1);
    if digits.len() <= whole {
        return format!("{digits:0<whole$}");
    }
    let (before, after) = digits.split_at(whole);
    format!("{before}.{after}")
}

/// `#`: always a decimal point, and under `g` the trailing zeros.
fn with_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let hex = matches!(verb, 'x' | 'X');
    let tail_at = text.find(|c| matches!(c, 'p' | 'P') || (!hex && matches!(c, 'e' | 'E')));
    let (number, tail) = text.split_at(tail_at.unwrap_or(text.len()));
    let mut missing = match verb {
        'g' | 'G' | 'x' | 'X' => precision.unwrap_or(6),
        _ => 0,
    };
    let digits = number.chars().filter(|c| *c != '.');
    let significant = digits.skip_while(|c| *c == '0').count();
    missing = missing.saturating_sub(significant);
    let mut out = number.to_owned();
    if !number.contains('.') {
        missing = missing.saturating_sub(usize::from(number == "0"));
        out.push('.');
    }
    out + &"0".repeat(missing) + tail
}

/// The mantissa and the binary exponent of a float.
fn mantissa_and_exponent(magnitude: f64) -> (u64, i32) {
    let bits = magnitude.to_bits();
    let power = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
    let mantissa = bits & ((1 << 52) - 1);
    if power == 0 {
        (mantissa, -1074)
    } else {
        (mantissa | (1 << 52), power - 1075)
    }
}

fn binary(magnitude: f64) -> String {
    let (mantissa, power) = mantissa_and_exponent(magnitude);
    let sign = if power < 0 { '-' } else { '+' };
    format!("{mantissa}p{sign}{}", power.abs())
}

fn hexadecimal(magnitude: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut power) = mantissa_and_exponent(magnitude);
    if mantissa == 0 {
        power = 0;
    } else {
        // Shift the leading one to bit 60.
        let shift = mantissa.leading_zeros().saturating_sub(3);
        mantissa <<= shift;
        power += 60 - i32::try_from(shift).unwrap_or(0);
    }
    if let Some(digits) = precision.filter(|digits| *digits < 15) {
        let shift = 4 * digits;
        let extra = (mantissa << shift) & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & (1 << 61) != 0 {
            mantissa >>= 1;
            power += 1;
        }
    }
    let fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let fraction = match precision {
        None => fraction.trim_end_matches('0').to_owned(),
        Some(digits) => padded(digits, |digits| format!("{fraction:0<digits$.digits$}")),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    format!(
        "0x{}{point}{fraction}p{}",
        mantissa >> 60,
        power_text(power)
    )
}
