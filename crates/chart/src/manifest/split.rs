//! Splits the output of a template at its `---` lines.

/// The documents of an output, trimmed and without blank ones.
///
/// A `---` that directly follows another one is part of the next document, as in Helm.
pub(crate) fn split(output: &str) -> Vec<&str> {
    let text = output.trim();
    let mut documents = Vec::new();
    let mut from = 0;
    let line_starts = text.match_indices('\n').map(|(at, _)| at + 1);
    for at in std::iter::once(0).chain(line_starts) {
        let is_separator = text.get(at..).is_some_and(|line| line.starts_with("---"));
        if !is_separator || at > 0 && at <= from {
            continue;
        }
        documents.push(text.get(from..at).unwrap_or_default().trim());
        let after = text.get(at + 3..).unwrap_or_default();
        from = at + 3 + (after.len() - after.trim_start().len());
    }
    documents.push(text.get(from..).unwrap_or_default().trim());
    documents.retain(|document| !document.is_empty());
    documents
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn only_a_separate_line_splits_documents() {
        assert_eq!(
            split("---\na: 1\n---\nb: x---\n  ---\n"),
            ["a: 1", "b: x---\n  ---"]
        );
        assert_eq!(split("a\n---\n\n---\nb\n"), ["a", "---\nb"]);
        assert_eq!(split(" \n"), [""; 0]);
    }
}
