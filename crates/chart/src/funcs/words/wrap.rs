//! Wraps and abbreviates long texts.

/// A slice of a text by byte offsets; partial characters are kept as bytes.
fn byte_slice(text: &str, from: usize, to: usize) -> String {
    gotmpl::go_string::from_bytes(text.as_bytes().get(from..to).unwrap_or_default())
}

/// Wraps a text at `width` bytes; `breaks_words` also breaks long words.
pub(super) fn wrap(text: &str, width: usize, line_break: &str, breaks_words: bool) -> String {
    let bytes = text.as_bytes();
    let find = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default().iter();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while bytes.len() - at > width {
        if bytes.get(at) == Some(&b' ') {
            at += 1;
            continue;
        }
        let space = find(at, at + width + 1).rposition(|byte| *byte == b' ');
        let (end, next) = if let Some(space) = space {
            (at + space, at + space + 1)
        } else if breaks_words {
            (at + width, at + width)
        } else {
            let later = find(at + width, bytes.len()).position(|byte| *byte == b' ');
            match later {
                Some(space) => (at + width + space, at + width + space + 1),
                None => break,
            }
        };
        out.push_str(&byte_slice(text, at, end));
        out.push_str(line_break);
        at = next;
    }
    out.push_str(&byte_slice(text, at, bytes.len()));
    out
}

/// The text from `offset` in at most `width` bytes, with dots for omitted parts.
pub(super) fn abbreviate(offset: i64, width: i64, text: &str) -> String {
    let unchanged = || text.to_owned();
    let (Ok(width), length) = (usize::try_from(width), text.len()) else {
        return unchanged();
    };
    if width < 4 || (offset > 0 && width < 7) || length <= width {
        return unchanged();
    }
    let visible_length = width - 3;
    let offset = usize::try_from(offset)
        .unwrap_or(0)
        .min(length - visible_length);
    if offset <= 4 {
        return format!("{}...", byte_slice(text, 0, visible_length));
    }
    if offset + visible_length < length {
        // Both ends are omitted, so both sides have dots.
        let middle = byte_slice(text, offset, length);
        return format!("...{}", abbreviate(0, visible_length as i64, &middle));
    }
    format!("...{}", byte_slice(text, length - visible_length, length))
}
