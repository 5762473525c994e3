//! Where a number ends.

/// How much of the text is a number in Go's syntax.
pub(super) fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut digits: &[u8] = b"0123456789_";
    let mut hex = false;
    if bytes.get(at) == Some(&b'0') {
        match bytes.get(at + 1) {
            Some(b'x' | b'X') => {
                digits = b"0123456789abcdefABCDEF_";
                hex = true;
                at += 2;
            }
            Some(b'o' | b'O' | b'b' | b'B') => at += 2,
            _ => {}
        }
    }
    let run = |mut at: usize| {
        while bytes.get(at).is_some_and(|byte| digits.contains(byte)) {
            at += 1;
        }
        at
    };
    let start = at;
    at = run(at);
    let mut some = at > start;
    if bytes.get(at) == Some(&b'.') {
        let end = run(at + 1);
        some |= end > at + 1;
        at = end;
    }
    if !some {
        return 0;
    }
    let exponent: &[u8] = if hex { b"pP" } else { b"eE" };
    if bytes.get(at).is_some_and(|byte| exponent.contains(byte)) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
    }
    at
}
