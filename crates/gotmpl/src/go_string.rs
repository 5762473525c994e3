//! Strings that are no text.
//!
//! Go's strings hold any bytes, ours only characters. A byte that belongs to no character is kept as
//! one of the last 128 private characters of Unicode, and given back where bytes are asked for. Start
//! at [`from_bytes`] and [`to_bytes`].
use std::borrow::Cow;

/// The character that stands for byte 0.
const BASE: u32 = 0x10_ff00;

/// A string of any bytes.
pub fn from_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        let kept = chunk.invalid().iter().map(|byte| BASE + u32::from(*byte));
        out.extend(kept.filter_map(char::from_u32));
    }
    out
}

/// The byte that a character stands for, if it is one of those.
pub(crate) fn byte(c: char) -> Option<u8> {
    let code = u32::from(c).checked_sub(BASE)?;
    u8::try_from(code).ok().filter(|byte| *byte >= 0x80)
}

/// Whether a string may hold such bytes; nearly none does.
fn is_suspect(text: &str) -> bool {
    text.bytes().any(|byte| byte == 0xf4)
}

/// The bytes of a string.
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

/// The string as text: each byte that belongs to no character becomes a mark.
pub fn to_text(text: &str) -> Cow<'_, str> {
    if !is_suspect(text) {
        return Cow::Borrowed(text);
    }
    let marked = text
        .chars()
        .map(|c| if byte(c).is_some() { '\u{fffd}' } else { c });
    Cow::Owned(marked.collect())
}
