//! The causes of an error, as one text.

/// The causes below an error, nearest first; what says the same as the one above it is said once.
pub(crate) fn error_causes(error: &dyn std::error::Error) -> String {
    let mut said = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if said.last() != Some(&text) {
            said.push(text);
        }
        cause = error.source();
    }
    said.join(": ")
}

/// An error and its causes, as one text.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    match error_causes(error) {
        error_causes if error_causes.is_empty() => error.to_string(),
        error_causes => format!("{error}: {error_causes}"),
    }
}
