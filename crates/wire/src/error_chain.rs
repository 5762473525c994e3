//! The chain of an error's causes as one text.

use crate::io_reason;
use std::error::Error;

/// The causes of an error, nearest first, separated by colons; equal neighbours appear once.
pub fn causes(error: &dyn Error) -> String {
    let mut texts = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = own_text(error);
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        cause = error.source();
    }
    texts.join(": ")
}

/// The first error of a type in a chain: the error itself, its causes, and the inner errors of I/O errors.
pub fn find_in_chain<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // The source of an I/O error is that of its inner error, not the inner error itself.
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// The text of a cause; that of an I/O error is in our words, unless another error is within it.
fn own_text(cause: &(dyn Error + 'static)) -> String {
    let io = cause.downcast_ref::<std::io::Error>();
    let io = io.filter(|io| io.get_ref().is_none());
    io.map_or_else(|| cause.to_string(), io_reason)
}

/// An error and its causes, separated by colons.
pub fn error_chain(error: &dyn Error) -> String {
    match causes(error) {
        causes if causes.is_empty() => error.to_string(),
        causes => format!("{error}: {causes}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{causes, find_in_chain};
    use crate::BadName;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_cause_of_the_operating_system_has_no_number() {
        let error = Outer(std::io::Error::from_raw_os_error(2));
        assert_eq!(causes(&error), "it does not exist");
    }

    #[test]
    fn an_error_within_an_io_error_keeps_its_text() {
        let within = std::io::Error::new(std::io::ErrorKind::NotFound, BadName::Empty);
        assert_eq!(causes(&Outer(within)), BadName::Empty.to_string());
    }

    #[test]
    fn the_inner_error_of_an_io_error_is_in_the_chain() {
        let error = Outer(std::io::Error::other(BadName::Empty));
        assert_eq!(find_in_chain::<BadName>(&error), Some(&BadName::Empty));
        assert!(find_in_chain::<std::io::Error>(&error).is_some());
        assert!(find_in_chain::<Outer>(&error).is_some());
        assert!(find_in_chain::<std::fmt::Error>(&error).is_none());
    }
}
