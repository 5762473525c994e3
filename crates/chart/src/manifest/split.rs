//! Cuts a template's output at its `---` lines.

/// The documents of an output, without the spaces around them; blank ones are left out.
pub(crate) fn split(output: &str) -> Vec<&str> {
    let text = output.trim();
    let mut documents = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices("---") {
        let before = text.get(..at).unwrap_or_default();
        let starts_line = before.is_empty() || before.ends_with('\n');
        if !starts_line || at < from {
            continue;
        }
        documents.push(text.get(from..at).unwrap_or_default().trim());
        from = at + 3;
    }
    documents.push(text.get(from..).unwrap_or_default().trim());
    documents.retain(|document| !document.is_empty());
    documents
}
