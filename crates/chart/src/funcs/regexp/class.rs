//! Translates character classes and escapes of RE2.

/// The ASCII ranges of `\d`, `\s` and `\w`, for use inside brackets.
fn perl(letter: char) -> Option<&'static str> {
    match letter {
        'd' => Some("0-9"),
        's' => Some("\\t\\n\\f\\r "),
        'w' => Some("0-9A-Za-z_"),
        _ => None,
    }
}

/// Translates an escape at the start of a text; `in_class` omits the brackets. Returns its length
/// too.
pub(super) fn escape(text: &str, in_class: bool) -> Result<(String, usize), String> {
    let Some(letter) = text.chars().nth(1) else {
        return Err("trailing backslash at end of expression: ``".to_owned());
    };
    let length = 1 + letter.len_utf8();
    if let Some(class) = perl(letter) {
        let brackets = !in_class;
        return Ok((
            if brackets {
                format!("[{class}]")
            } else {
                class.to_owned()
            },
            length,
        ));
    }
    if let Some(class) = perl(letter.to_ascii_lowercase()) {
        return Ok((format!("[^{class}]"), length));
    }
    match letter {
        'p' | 'P' => property(text),
        'a' | 'f' | 'n' | 'r' | 't' | 'v' => Ok((format!("\\{letter}"), length)),
        _ => character(text).map(|(c, length)| (literal(c), length)),
    }
}

fn literal(c: char) -> String {
    format!("\\x{{{:X}}}", u32::from(c))
}

/// `\pN` or `\p{Greek}`.
fn property(text: &str) -> Result<(String, usize), String> {
    let length = match text.chars().nth(2) {
        Some('{') => text.find('}').map_or(text.len(), |end| end + 1),
        Some(c) => 2 + c.len_utf8(),
        None => text.len(),
    };
    let property_text = text.get(..length).unwrap_or(text);
    if regex::Regex::new(property_text).is_err() {
        return Err(format!("invalid character class range: `{property_text}`"));
    }
    Ok((property_text.to_owned(), length))
}

/// The character of an escape, and the length of the escape.
fn character(text: &str) -> Result<(char, usize), String> {
    let bad = |length: usize| {
        let fragment = text.get(..length).unwrap_or(text);
        Err(format!("invalid escape sequence: `{fragment}`"))
    };
    let letter = text.chars().nth(1).unwrap_or('\\');
    let octal = |at: usize| {
        text.as_bytes()
            .get(at)
            .copied()
            .filter(|byte| (b'0'..=b'7').contains(byte))
    };
    let patterns = match letter {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '1'..='7' if octal(2).is_none() => return bad(2),
        '0'..='7' => {
            let digits: Vec<u8> = (1..4).map_while(octal).collect();
            let code = digits
                .iter()
                .fold(0, |code, digit| code * 8 + u32::from(digit - b'0'));
            return Ok((char::from_u32(code).unwrap_or('\0'), 1 + digits.len()));
        }
        'x' => return hexadecimal(text),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
        c => return bad(1 + c.len_utf8()),
    };
    Ok((patterns, 1 + letter.len_utf8()))
}

fn hexadecimal(text: &str) -> Result<(char, usize), String> {
    let (digits, length) = match text.get(2..).and_then(|rest| rest.strip_prefix('{')) {
        Some(rest) => {
            let end = rest.find('}').unwrap_or(rest.len());
            (rest.get(..end), 4 + end)
        }
        None => (text.get(2..4), 4),
    };
    let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match code.and_then(char::from_u32) {
        Some(c) => Ok((c, length)),
        None => {
            let fragment = text.get(..length).unwrap_or(text);
            Err(format!("invalid escape sequence: `{fragment}`"))
        }
    }
}

/// Translates a bracket class at the start of a text, and returns its length.
pub(super) fn bracket_class(text: &str) -> Result<(String, usize), String> {
    let missing = || Err(format!("missing closing ]: `{text}`"));
    let mut out = String::from("[");
    let mut at = 1;
    if text.get(at..).is_some_and(|rest| rest.starts_with('^')) {
        out.push('^');
        at += 1;
    }
    let mut first = true;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(c) = rest.chars().next() else {
            return missing();
        };
        if c == ']' && !first {
            out.push(']');
            return Ok((out, at + 1));
        }
        first = false;
        if let Some(length) = named_class(rest)? {
            out.push_str(rest.get(..length).unwrap_or_default());
            at += length;
            continue;
        }
        let class = c == '\\' && rest.chars().nth(1).is_some_and(|c| "dswDSWpP".contains(c));
        if class {
            let (text, length) = escape(rest, true)?;
            out.push_str(&text);
            at += length;
            continue;
        }
        at += range(rest, &mut out).or_else(|reason| match reason {
            Some(reason) => Err(reason),
            None => missing().map(|(_, length): (String, usize)| length),
        })?;
    }
}

/// The length of `[:alpha:]`, if the text starts with a named class.
fn named_class(text: &str) -> Result<Option<usize>, String> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
        "space", "upper", "word", "xdigit",
    ];
    let Some((inside, _)) = text
        .strip_prefix("[:")
        .and_then(|rest| rest.split_once(":]"))
    else {
        return Ok(None);
    };
    let name = inside.strip_prefix('^').unwrap_or(inside);
    if NAMES.contains(&name) {
        return Ok(Some(inside.len() + 4));
    }
    Err(format!("invalid character class range: `[:{inside}:]`"))
}

/// Translates a character or a range and returns its length; the error is `None` at the end of the
/// text.
fn range(text: &str, out: &mut String) -> Result<usize, Option<String>> {
    let (low, mut at) = class_character(text)?;
    let rest = text.get(at..).unwrap_or_default();
    let mut high = low;
    if rest.starts_with('-') && !rest.starts_with("-]") {
        let (end, length) = class_character(rest.get(1..).unwrap_or_default())?;
        high = end;
        at += 1 + length;
        if high < low {
            let fragment = text.get(..at).unwrap_or_default();
            return Err(Some(format!("invalid character class range: `{fragment}`")));
        }
    }
    out.push_str(&literal(low));
    if high != low {
        out.push('-');
        out.push_str(&literal(high));
    }
    Ok(at)
}

fn class_character(text: &str) -> Result<(char, usize), Option<String>> {
    match text.chars().next() {
        None => Err(None),
        Some('\\') if text.len() == 1 => Err(Some(
            "trailing backslash at end of expression: ``".to_owned(),
        )),
        Some('\\') => character(text).map_err(Some),
        Some(c) => Ok((c, c.len_utf8())),
    }
}
