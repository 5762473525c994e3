//! Walks over the files of cases, selects the cases to record, and prints changed results.
//!
//! [`cases`](super::cases) and [`bundles`](super::bundles) parse and render the cases. Start at
//! [`each_file`].

use super::{Selection, in_parallel, tests};
use crate::Outcome;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// One case of a file.
pub(super) struct Case {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) result: Option<String>,
}

/// Calls `record` for each file of cases in a folder below the tests; returns the sum.
pub(super) fn each_file(folder: &str, record: impl Fn(&Path) -> Outcome<usize>) -> Outcome<usize> {
    let mut files: Vec<PathBuf> = fs::read_dir(tests().join(folder))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files.iter().map(|file| record(file)).sum()
}

/// Renders the selected cases of a file and stores the results; returns their number.
pub(super) fn record(
    selection: &Selection,
    file: &Path,
    cases: &mut [Case],
    render: impl Fn(&Case) -> Outcome<String> + Sync,
) -> Outcome<usize> {
    let subject = file.file_stem().unwrap_or_default().to_string_lossy();
    let mut selected: Vec<&mut Case> = cases
        .iter_mut()
        .filter(|case| selection.matches(&subject) || selection.matches(&case.title))
        .filter(|case| selection.all || case.result.is_none())
        .collect();
    let results = in_parallel(&selected, |case| render(case))?;
    for (case, result) in selected.iter_mut().zip(results) {
        if case.result.as_ref().is_some_and(|before| *before != result) {
            eprintln!("xtask: {subject}: {} changed", case.title);
        }
        case.result = Some(result);
    }
    Ok(selected.len())
}

/// Splits a case into its text and its recorded result.
pub(super) fn split_result(body: &str) -> (&str, Option<String>) {
    match body.split_once("\n--- ") {
        Some((text, result)) => (text, Some(result.trim_end_matches('\n').to_owned())),
        None => (body.trim_end_matches('\n'), None),
    }
}
