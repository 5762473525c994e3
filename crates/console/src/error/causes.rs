//! The causes of an error, as one text.

/// The causes below an error, nearest first; what says the same as the one above it is said once.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
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
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    match causes(error) {
        causes if causes.is_empty() => error.to_string(),
        causes => format!("{error}: {causes}"),
    }
}
