//! Where a number ends.

/// How much of the text is a number in Go's syntax, and whether it ends as a number must.
pub(super) fn scan(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let one_of = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
    let run = |mut at: usize, digits: &[u8]| {
        while one_of(at, digits) {
            at += 1;
        }
        at
    };
    let mut at = usize::from(one_of(0, b"+-"));
    let mut digits: &[u8] = b"0123456789_";
    let mut exponent: &[u8] = b"eE";
    if one_of(at, b"0") {
        at += 1;
        let (kind, power): (&[u8], &[u8]) = match bytes.get(at) {
            Some(b'x' | b'X') => (b"0123456789abcdefABCDEF_", b"pP"),
            Some(b'o' | b'O') => (b"01234567_", b""),
            Some(b'b' | b'B') => (b"01_", b""),
            _ => (digits, exponent),
        };
        if kind.len() != digits.len() {
            at += 1;
        }
        (digits, exponent) = (kind, power);
    }
    at = run(at, digits);
    if one_of(at, b".") {
        at = run(at + 1, digits);
    }
    if one_of(at, exponent) {
        at += 1;
        at += usize::from(one_of(at, b"+-"));
        at = run(at, b"0123456789_");
    }
    match text.get(at..).and_then(|rest| rest.chars().next()) {
        Some(c) if super::is_word(c) => (at + c.len_utf8(), false),
        // A sign makes it a complex number, which there are none of.
        Some('+' | '-') => (
            at + rest_of_complex(text.get(at..).unwrap_or_default()),
            false,
        ),
        _ => (at, true),
    }
}

fn rest_of_complex(text: &str) -> usize {
    let word = |c: char| super::is_word(c) || c == '.';
    1 + text
        .get(1..)
        .map_or(0, |rest| rest.find(|c| !word(c)).unwrap_or(rest.len()))
}
