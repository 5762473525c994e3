//! The tests that docs/security.md names: each has to exist.

use super::source::Source;
use crate::{Outcome, cache};
use std::{collections::BTreeSet, fs};

/// A name with more words than this is that of a test function, not of a module.
const MIN_WORDS: usize = 4;

/// A line for each named test that no file has.
pub(super) fn offences(sources: &[Source]) -> Outcome<Vec<String>> {
    let text = fs::read_to_string(cache::root().join("docs/security.md"))?;
    let functions: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.text.split("fn ").skip(1))
        .filter_map(|rest| rest.split('(').next())
        .collect();
    Ok(named(&text)
        .filter(|name| !functions.contains(name))
        .map(|name| format!("docs/security.md: there is no test {name}"))
        .collect())
}

/// The names of test functions between backticks.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let last = quoted.filter_map(|path| path.rsplit("::").next());
    last.filter(|name| {
        let is_name = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        is_name && name.split('_').count() > MIN_WORDS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_path_with_many_words_is_a_test() {
        let text = "| `console: a::a_job_that_is_cut_goes_on`, `mask::tests` | `--job-days` |";
        assert_eq!(
            named(text).collect::<Vec<_>>(),
            ["a_job_that_is_cut_goes_on"]
        );
    }
}
