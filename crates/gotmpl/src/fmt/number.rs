//! Numbers as Go prints them.

/// What stands between `%` and the verb.
#[derive(Clone, Debug, Default)]
pub(super) struct Spec {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) width: Option<i64>,
    pub(super) precision: Option<i64>,
}

impl Spec {
    pub(super) fn flag(&mut self, flag: char) {
        match flag {
            '+' => self.plus = true,
            '-' => self.minus = true,
            '#' => self.sharp = true,
            ' ' => self.space = true,
            _ => self.zero = true,
        }
    }

    pub(super) fn go_syntax(&self, verb: char) -> bool {
        self.sharp && verb == 'v'
    }

    /// Fills a text up to the width.
    pub(super) fn pad(&self, text: String) -> String {
        let missing = self.missing(&text);
        if self.minus {
            text + &" ".repeat(missing)
        } else if self.zero {
            "0".repeat(missing) + &text
        } else {
            " ".repeat(missing) + &text
        }
    }

    fn missing(&self, text: &str) -> usize {
        let width = usize::try_from(self.width.unwrap_or(0)).unwrap_or(0);
        width.saturating_sub(text.chars().count())
    }

    /// Fills a number up to the width: zeros go between the sign and the digits.
    fn pad_number(&self, sign: &str, digits: String) -> String {
        let whole = format!("{sign}{digits}");
        if self.zero && !self.minus {
            let zeros = "0".repeat(self.missing(&whole));
            return format!("{sign}{zeros}{digits}");
        }
        self.pad(whole)
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        }
    }
}

/// A whole number under a verb; `None` when the verb is not for whole numbers.
pub(super) fn integer(spec: &Spec, verb: char, number: i64) -> Option<String> {
    let size = number.unsigned_abs();
    let digits = match verb {
        'd' | 'v' => size.to_string(),
        'b' => format!("{size:b}"),
        'o' if spec.sharp => format!("0{size:o}"),
        'o' => format!("{size:o}"),
        'O' => format!("0o{size:o}"),
        'x' if spec.sharp => format!("0x{size:x}"),
        'x' => format!("{size:x}"),
        'X' if spec.sharp => format!("0X{size:X}"),
        'X' => format!("{size:X}"),
        'c' => return Some(spec.pad(character(number).to_string())),
        'q' => {
            let quoted = super::quote(&character(number).to_string());
            return Some(spec.pad(format!("'{}'", quoted.trim_matches('"'))));
        }
        'U' => return Some(spec.pad(format!("U+{number:04X}"))),
        _ => return None,
    };
    let least = usize::try_from(spec.precision.unwrap_or(0)).unwrap_or(0);
    let zeros = "0".repeat(least.saturating_sub(digits.len()));
    let sign = spec.sign(number < 0);
    let digits = format!("{zeros}{digits}");
    if spec.precision.is_some() {
        return Some(
            Spec {
                zero: false,
                ..spec.clone()
            }
            .pad_number(sign, digits),
        );
    }
    Some(spec.pad_number(sign, digits))
}

fn character(number: i64) -> char {
    u32::try_from(number)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or('\u{fffd}')
}

/// A float under a verb; `None` when the verb is not for floats.
pub(super) fn float(spec: &Spec, verb: char, number: f64) -> Option<String> {
    if !matches!(verb, 'v' | 'g' | 'G' | 'e' | 'E' | 'f' | 'F') {
        return None;
    }
    let sign = spec.sign(number.is_sign_negative() && !number.is_nan());
    if !number.is_finite() {
        let name = if number.is_nan() { "NaN" } else { "Inf" };
        let sign = if number.is_infinite() && number > 0.0 && !spec.plus {
            "+"
        } else {
            sign
        };
        let spec = Spec {
            zero: false,
            ..spec.clone()
        };
        let sign = if number.is_nan() { "" } else { sign };
        return Some(spec.pad_number(sign, name.to_owned()));
    }
    let size = number.abs();
    let precision = spec
        .precision
        .map(|digits| usize::try_from(digits).unwrap_or(0));
    let digits = match verb {
        'f' | 'F' => format!("{size:.*}", precision.unwrap_or(6)),
        'e' | 'E' => exponent(&format!("{size:.*e}", precision.unwrap_or(6))),
        _ => general(size, precision),
    };
    let digits = if matches!(verb, 'E' | 'G') {
        digits.to_uppercase()
    } else {
        digits
    };
    Some(spec.pad_number(sign, digits))
}

/// A float as `%v` prints it.
pub fn float_text(number: f64) -> String {
    float(&Spec::default(), 'v', number).unwrap_or_default()
}

/// Rust's `1e6` as Go's `1e+06`.
fn exponent(text: &str) -> String {
    let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    format!("{digits}e{sign}{power:0>2}")
}

/// `%g`: the shortest text, or so many digits, with an exponent when it is large.
fn general(size: f64, precision: Option<usize>) -> String {
    let scientific = match precision {
        None => format!("{size:e}"),
        Some(digits) => format!("{size:.*e}", digits.max(1) - 1),
    };
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i64 = power.parse().unwrap_or(0);
    let digits = mantissa.replace('.', "");
    let digits = match precision {
        Some(_) => digits.trim_end_matches('0').to_owned(),
        None => digits,
    };
    let digits = if digits.is_empty() {
        "0".to_owned()
    } else {
        digits
    };
    let most = match precision {
        // Go prints up to 21 digits of a shortest float without an exponent under %v.
        None => 6,
        Some(given) => i64::try_from(given.max(1)).unwrap_or(21),
    };
    if power < -4 || power >= most {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return exponent(&format!("{first}{point}{rest}e{power}"));
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
