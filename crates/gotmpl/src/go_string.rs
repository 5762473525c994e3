//! Go strings that are not valid UTF-8.
//!
//! A Go string contains any bytes, a Rust string only characters. A byte that is not part of a
//! character is encoded as one of the last 128 private-use characters of Unicode and decoded by
//! [`to_bytes`]. Start at [`from_bytes`] and [`to_bytes`].
use std::borrow::Cow;

/// The code point that encodes byte 0.
const BASE: u32 = 0x10_ff00;

/// Encodes any bytes as a string.
pub fn from_bytes(bytes: &[u8]) -> String {
    // The check for valid text is many times faster than the search for invalid sequences.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        let encoded = chunk.invalid().iter().map(|byte| BASE + u32::from(*byte));
        out.extend(encoded.filter_map(char::from_u32));
    }
    out
}

/// The byte that a character encodes, if it encodes one.
pub(crate) fn byte(c: char) -> Option<u8> {
    let code = u32::from(c).checked_sub(BASE)?;
    u8::try_from(code).ok().filter(|byte| *byte >= 0x80)
}

/// Whether a string may contain encoded bytes; almost none does.
fn is_suspect(text: &str) -> bool {
    text.as_bytes().contains(&0xf4)
}

/// Decodes the bytes of a string.
pub fn to_bytes(text: &str) -> Cow<'_, [u8]> {
    if !is_suspect(text) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        match byte(c) {
            Some(byte) => out.push(byte),
            None => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(out)
}

/// The string as valid text: each encoded byte becomes U+FFFD.
pub fn to_text(text: &str) -> Cow<'_, str> {
    if !is_suspect(text) {
        return Cow::Borrowed(text);
    }
    let marked = text
        .chars()
        .map(|c| if byte(c).is_some() { '\u{fffd}' } else { c });
    Cow::Owned(marked.collect())
}
