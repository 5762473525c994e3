//! The walk over files of cases: which of them Helm is asked about, and what has changed.
//!
//! How a case is written and asked is the business of [`cases`](super::cases) and
//! [`bundles`](super::bundles). Start at [`each_file`].

use super::{Wanted, each, tests};
use crate::Outcome;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// One case of a file.
pub(super) struct Case {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) answer: Option<String>,
}

/// Does `record` on each file of cases of a folder below the tests, and adds up what it says.
pub(super) fn each_file(folder: &str, record: impl Fn(&Path) -> Outcome<usize>) -> Outcome<usize> {
    let mut files: Vec<PathBuf> = fs::read_dir(tests().join(folder))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files.iter().map(|file| record(file)).sum()
}

/// Asks about the cases of a file that are wanted, and keeps the answers; how many they are.
pub(super) fn answer(
    wanted: &Wanted,
    file: &Path,
    cases: &mut [Case],
    ask: impl Fn(&Case) -> Outcome<String> + Sync,
) -> Outcome<usize> {
    let subject = file.file_stem().unwrap_or_default().to_string_lossy();
    let mut chosen: Vec<&mut Case> = cases
        .iter_mut()
        .filter(|case| wanted.takes(&subject) || wanted.takes(&case.title))
        .filter(|case| wanted.all || case.answer.is_none())
        .collect();
    let answers = each(&chosen, |case| ask(case))?;
    for (case, answer) in chosen.iter_mut().zip(answers) {
        if case.answer.as_ref().is_some_and(|before| *before != answer) {
            eprintln!("xtask: {subject}: {} differs", case.title);
        }
        case.answer = Some(answer);
    }
    Ok(chosen.len())
}

/// A text and the answer below it, if there is one.
pub(super) fn parted(body: &str) -> (&str, Option<String>) {
    match body.split_once("\n--- ") {
        Some((text, answer)) => (text, Some(answer.trim_end_matches('\n').to_owned())),
        None => (body.trim_end_matches('\n'), None),
    }
}
