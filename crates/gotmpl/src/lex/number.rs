//! Scans number literals.

/// The length of the number literal at the start of the text, and whether a valid terminator
/// follows.
pub(super) fn scan(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let one_of = |end: usize, set: &[u8]| bytes.get(end).is_some_and(|byte| set.contains(byte));
    let run = |mut end: usize, digits: &[u8]| {
        while one_of(end, digits) {
            end += 1;
        }
        end
    };
    let mut end = usize::from(one_of(0, b"+-"));
    let mut digits: &[u8] = b"0123456789_";
    let mut exponent: &[u8] = b"eE";
    if one_of(end, b"0") {
        end += 1;
        let (kind, power): (&[u8], &[u8]) = match bytes.get(end) {
            Some(b'x' | b'X') => (b"0123456789abcdefABCDEF_", b"pP"),
            Some(b'o' | b'O') => (b"01234567_", b""),
            Some(b'b' | b'B') => (b"01_", b""),
            _ => (digits, exponent),
        };
        if kind.len() != digits.len() {
            end += 1;
        }
        (digits, exponent) = (kind, power);
    }
    end = run(end, digits);
    if one_of(end, b".") {
        end = run(end + 1, digits);
    }
    if one_of(end, exponent) {
        end += 1;
        end += usize::from(one_of(end, b"+-"));
        end = run(end, b"0123456789_");
    }
    match text.get(end..).and_then(|rest| rest.chars().next()) {
        Some(c) if super::is_word(c) => (end + c.len_utf8(), false),
        // A sign would begin a complex number, which is not supported.
        Some('+' | '-') => (
            end + rest_of_complex(text.get(end..).unwrap_or_default()),
            false,
        ),
        _ => (end, true),
    }
}

fn rest_of_complex(text: &str) -> usize {
    let word = |c: char| super::is_word(c) || c == '.';
    1 + text
        .get(1..)
        .map_or(0, |rest| rest.find(|c| !word(c)).unwrap_or(rest.len()))
}
