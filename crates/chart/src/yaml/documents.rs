//! The documents of a values file: Helm 3 reads the first of them, Helm 4 merges all.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part<'t> {
    /// The number of lines before it.
    pub(crate) lines_before: usize,
    /// Its text.
    pub(crate) text: &'t str,
}

/// The documents that Helm 4 reads: a line `---`, which a comment may follow, separates two of them.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let is_separator = |line: &str| {
        let rest = line.strip_prefix("---").map(str::trim);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    };
    let mut found = Vec::new();
    let (mut start, mut end, mut lines_before) = (0, 0, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if end > start && is_separator(line) {
            found.extend(text.get(start..end).map(|text| Part { lines_before, text }));
            end += line.len();
            (start, lines_before) = (end, index + 1);
            continue;
        }
        end += line.len();
    }
    found.extend(text.get(start..).map(|text| Part { lines_before, text }));
    found
}

/// The line, from 1, on which the second document of a values file begins; none when the text has one
/// document, or when the others are empty.
pub fn second_document(text: &str) -> Option<usize> {
    let is_content = |line: &str| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with(['#', '%']) && line != "..."
    };
    let (mut has_content, mut separator) = (false, None);
    for (index, line) in text.lines().enumerate() {
        let rest = line.strip_prefix("---");
        let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
        if rest.is_some() && has_content {
            separator.get_or_insert(index + 1);
        }
        if is_content(rest.unwrap_or(line)) {
            if separator.is_some() {
                return separator;
            }
            has_content = true;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_document_begins_after_a_first_one() {
        assert_eq!(second_document("a: 1\n---\nb: 2\n"), Some(2));
        assert_eq!(
            second_document("a: 1\n--- # comment\n--- {b: 2}\n"),
            Some(2)
        );
        for single in [
            "",
            "a: 1",
            "# c\n---\na: 1\n",
            "a: 1\n---\n# c\n...\n",
            "a: |\n ---\n x\n",
        ] {
            assert_eq!(second_document(single), None, "{single:?}");
        }
    }

    #[test]
    fn parts_know_the_lines_before_them() {
        let found = parts("---\na: 1\n--- # next\nb: 2");
        let found: Vec<_> = found
            .iter()
            .map(|part| (part.lines_before, part.text))
            .collect();
        assert_eq!(found, [(0, "---\na: 1\n"), (3, "b: 2")]);
    }
}
