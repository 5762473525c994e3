//! Numbers in texts, as Go's package `strconv` reads them.

use crate::yaml;

/// Go's `ParseInt` with base 0: `0x1f`, `0o17`, `017`, `0b1`, `1_000`.
pub(super) fn parse_integer(text: &str) -> Option<i64> {
    if !has_valid_underscores(text) {
        return None;
    }
    let (sign, digits) = split_sign(text);
    let (radix, digits) = yaml::based(digits)?;
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), radix).ok()
}

/// Go's `Atoi` with its error ignored: a number that is out of range gives the nearest one.
pub(super) fn atoi(text: &str) -> i64 {
    let (sign, digits) = split_sign(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let out_of_range = if sign == "-" { i64::MIN } else { i64::MAX };
    format!("{sign}{digits}").parse().unwrap_or(out_of_range)
}

/// Go's `ParseFloat`: decimal, or hexadecimal with an exponent of two; none when it is out of range.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    if !has_valid_underscores(text) {
        return None;
    }
    let (sign, digits) = split_sign(text);
    let magnitude = match digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        Some(digits) => hexadecimal(&digits.replace('_', ""))?,
        None if text.contains('_') => digits.replace('_', "").parse().ok()?,
        None => digits.parse().ok()?,
    };
    let is_infinite_by_name = digits.starts_with(['i', 'I']);
    if magnitude.is_infinite() && !is_infinite_by_name || digits.starts_with(['+', '-']) {
        return None;
    }
    Some(if sign == "-" { -magnitude } else { magnitude })
}

fn split_sign(text: &str) -> (&'static str, &str) {
    match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    }
}

/// `1.8p1` of `0x1.8p1`.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (_, unsigned) = split_sign(exponent);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut exponent: i32 = exponent.parse().ok()?;
    let mut bits: u64 = 0;
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16)?);
        let is_fraction = index >= whole.len();
        if bits >> 59 == 0 {
            bits = bits << 4 | digit;
            exponent = exponent.checked_sub(if is_fraction { 4 } else { 0 })?;
        } else {
            // The digits that do not fit decide the rounding only.
            bits |= u64::from(digit != 0);
            exponent = exponent.checked_add(if is_fraction { 0 } else { 4 })?;
        }
    }
    let value = bits as f64;
    // In two steps, since 2^exponent alone may not be a number.
    let half = exponent / 2;
    Some(value * 2f64.powi(half) * 2f64.powi(exponent - half))
}

/// Whether each underscore is between digits, or between a base prefix and a digit.
fn has_valid_underscores(text: &str) -> bool {
    if !text.contains('_') {
        return true;
    }
    let (_, digits) = split_sign(text);
    let lower = digits.to_ascii_lowercase();
    let prefixed = ["0x", "0o", "0b"]
        .iter()
        .any(|prefix| lower.starts_with(prefix));
    let is_hexadecimal = lower.starts_with("0x");
    // A base prefix counts as a digit.
    let mut follows_digit = prefixed;
    let rest = if prefixed {
        lower.get(2..)
    } else {
        Some(&*lower)
    };
    let mut characters = rest.unwrap_or_default().chars().peekable();
    while let Some(character) = characters.next() {
        let is_digit = |c: char| c.is_ascii_digit() || is_hexadecimal && c.is_ascii_hexdigit();
        if character == '_' {
            let next = characters.peek().copied();
            if !follows_digit || !next.is_some_and(is_digit) {
                return false;
            }
        }
        follows_digit = is_digit(character);
    }
    true
}
