//! .helmignore: which files of a directory are not part of the chart.
//!
//! The rules apply to charts in directories, not to archives. A pattern has the syntax of Go's
//! `filepath.Match`, without `**`. Start at [`IgnoreRules::parse`].
mod pattern;

pub(crate) use pattern::Pattern;

/// The rules of a .helmignore.
#[derive(Clone, Debug)]
pub struct IgnoreRules(Vec<Rule>);

/// A line of a .helmignore.
#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    /// `!`: files that do not match are ignored.
    negated: bool,
    folders_only: bool,
    /// Whether the full path must match, or only the file name.
    full_path: bool,
}

/// Why a .helmignore is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct IgnoreError {
    /// The line, from 1.
    pub line: usize,
    /// The reason.
    pub reason: &'static str,
}

impl Default for IgnoreRules {
    fn default() -> Self {
        Self(Rule::parse("templates/.?*").into_iter().flatten().collect())
    }
}

impl IgnoreRules {
    /// Parses the rules; hidden files below templates/ are always ignored.
    ///
    /// # Errors
    /// With the line of an invalid pattern.
    pub fn parse(text: &str) -> Result<Self, IgnoreError> {
        let mut rules = Vec::new();
        let text = text.trim_start_matches('\u{feff}');
        for (index, line) in text.lines().enumerate() {
            let rule = Rule::parse(line).map_err(|reason| IgnoreError {
                line: index + 1,
                reason,
            })?;
            rules.extend(rule);
        }
        rules.extend(Self::default().0);
        Ok(Self(rules))
    }

    /// Whether a path relative to the root of the chart is ignored; its parent folders are not
    /// checked.
    pub fn ignores(&self, path: &str, is_folder: bool) -> bool {
        self.0.iter().any(|rule| rule.matches_path(path, is_folder))
    }

    /// Whether a file or one of its parent folders is ignored.
    pub(crate) fn ignores_file(&self, path: &str) -> bool {
        let mut folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        folders.any(|folder| self.ignores(folder, true)) || self.ignores(path, false)
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Option<Self>, &'static str> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        if line.contains("**") {
            return Err("double-star (**) syntax is not supported");
        }
        let bad = "syntax error in pattern";
        Pattern::parse(line).ok_or(bad)?;
        let (negated, line) = match line.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (folders_only, line) = match line.strip_suffix('/') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let full_path = line.contains('/');
        let line = line.strip_prefix('/').unwrap_or(line);
        Ok(Some(Self {
            pattern: Pattern::parse(line).ok_or(bad)?,
            negated,
            folders_only,
            full_path,
        }))
    }

    fn matches_path(&self, path: &str, is_folder: bool) -> bool {
        if self.folders_only && !is_folder {
            return self.negated;
        }
        let name = if self.full_path {
            path
        } else {
            path.rsplit('/').next().unwrap_or(path)
        };
        self.pattern.matches(name) != self.negated
    }
}

#[cfg(test)]
mod tests {
    use super::IgnoreRules;

    fn ignored(rules: &str, path: &str) -> bool {
        IgnoreRules::parse(rules).is_ok_and(|rules| rules.ignores_file(path))
    }

    #[test]
    fn a_file_name_is_ignored_at_any_depth() {
        assert!(ignored("*.bak\n", "a/b/c.bak"));
        assert!(!ignored("a/*.bak\n", "a/b/c.bak"));
        assert!(ignored("/c.bak", "c.bak"));
        assert!(!ignored("/c.bak", "a/c.bak"));
    }

    #[test]
    fn a_folder_is_ignored_with_all_its_files() {
        assert!(ignored("ci/\n", "ci/deep/values.yaml"));
        assert!(!ignored("ci/\n", "templates/ci"));
        assert!(ignored("# nothing\n", "templates/.hidden"));
    }

    #[test]
    fn a_negated_rule_ignores_files_that_do_not_match() {
        assert!(ignored("!*.yaml\n", "README.md"));
        assert!(!ignored("!*.yaml\n", "values.yaml"));
    }

    #[test]
    fn an_invalid_pattern_is_reported_with_its_line() {
        let line = |text: &str| IgnoreRules::parse(text).err().map(|error| error.line);
        assert_eq!(line("a\n**/b\n"), Some(2));
        assert_eq!(line("[a\n"), Some(1));
    }
}
