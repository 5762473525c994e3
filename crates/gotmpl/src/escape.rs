//! The values of Go's string and number literals.

/// The value of a quoted literal, given without its quotes; `None` when the literal is invalid.
pub(crate) fn unescape(inside: &str, quote: char) -> Option<String> {
    let mut bytes: Vec<u8> = Vec::with_capacity(inside.len());
    let mut chars = inside.chars();
    let push = |bytes: &mut Vec<u8>, c: char| {
        let mut buffer = [0; 4];
        bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
    };
    while let Some(c) = chars.next() {
        if c != '\\' {
            push(&mut bytes, c);
            continue;
        }
        match chars.next()? {
            'a' => bytes.push(7),
            'b' => bytes.push(8),
            'f' => bytes.push(12),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'v' => bytes.push(11),
            '\\' => bytes.push(b'\\'),
            'x' => bytes.push(u8::try_from(digits(&mut chars, 2, 16, 0)?).ok()?),
            'u' => push(&mut bytes, char::from_u32(digits(&mut chars, 4, 16, 0)?)?),
            'U' => push(&mut bytes, char::from_u32(digits(&mut chars, 8, 16, 0)?)?),
            first @ '0'..='7' => {
                let start = first.to_digit(8)?;
                bytes.push(u8::try_from(digits(&mut chars, 2, 8, start)?).ok()?);
            }
            c if c == quote => push(&mut bytes, c),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn digits(chars: &mut std::str::Chars<'_>, count: usize, radix: u32, start: u32) -> Option<u32> {
    (0..count).try_fold(start, |value, _| {
        let digit = chars.next()?.to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    })
}

/// An integer in Go's syntax: `12`, `0x1f`, `0b1`, `017`, `0o17`, `1_000`.
pub(crate) fn int(literal: &str) -> Option<i64> {
    let (negative, digits) = match literal.as_bytes().first()? {
        b'-' => (true, literal.get(1..)?),
        b'+' => (false, literal.get(1..)?),
        _ => (false, literal),
    };
    let lower = digits.replace('_', "").to_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        Some(two) if two.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let signed = if negative {
        format!("-{digits}")
    } else {
        digits.to_owned()
    };
    i64::from_str_radix(&signed, radix).ok()
}

/// A float in hexadecimal, `0x1.8p3`.
pub(crate) fn hex_float(literal: &str) -> Option<f64> {
    let lower = literal.replace('_', "").to_lowercase();
    let (sign, rest) = match lower.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, lower.strip_prefix('+').unwrap_or(&lower)),
    };
    let (mantissa, power) = rest.strip_prefix("0x")?.split_once('p')?;
    let (integer_part, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{integer_part}{fraction}");
    let value = u64::from_str_radix(&digits, 16).ok()? as f64;
    let fraction_digits = i32::try_from(fraction.len()).ok()?;
    Some(
        sign * value
            * 2f64.powi(
                power
                    .parse::<i32>()
                    .ok()?
                    .checked_sub(4 * fraction_digits)?,
            ),
    )
}
