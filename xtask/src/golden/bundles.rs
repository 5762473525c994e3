//! A bundle: a file of whole charts, each with a command line and what Helm makes of it.
//!
//! `>>> PATH` begins a file of the chart (of the folder around it, when the path begins with `../`);
//! those before the first case belong to every case, unless it has its own. A case is `=== a sentence`,
//! lines of the command line that begin with `$ `, its files, then `--- gives` or `--- fails` and Helm's
//! answer.

use super::oracle::{Answer, Oracle};
use super::{Wanted, each, tests};
use crate::Outcome;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What every chart has that does not say it itself.
const METADATA: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";

type Files = BTreeMap<String, String>;

struct Case {
    /// The text of the case, without its answer.
    text: String,
    answer: Option<String>,
}

/// Records the files below `tests/charts`; how many cases were asked.
pub(super) fn record(oracle: &Oracle, wanted: &Wanted) -> Outcome<usize> {
    let mut files: Vec<PathBuf> = fs::read_dir(tests().join("charts"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let mut asked = 0;
    for file in files {
        asked += one_file(oracle, wanted, &file)?;
    }
    Ok(asked)
}

fn one_file(oracle: &Oracle, wanted: &Wanted, file: &Path) -> Outcome<usize> {
    let before = fs::read_to_string(file)?;
    let mut parts = before.split("\n=== ");
    let shared = parts.next().unwrap_or_default().to_owned();
    let mut cases: Vec<Case> = parts.map(read).collect();
    let subject = file.file_stem().unwrap_or_default().to_string_lossy();
    let takes = |case: &Case| {
        let title = case.text.lines().next().unwrap_or_default();
        (wanted.takes(&subject) || wanted.takes(title)) && (wanted.all || case.answer.is_none())
    };
    let chosen: Vec<usize> = (0..cases.len())
        .filter(|at| cases.get(*at).is_some_and(takes))
        .collect();
    let answers = each(&chosen, |at| match cases.get(*at) {
        Some(case) => ask(oracle, &shared, &case.text),
        None => Err("a case is gone".into()),
    })?;
    for (at, answer) in chosen.iter().zip(answers) {
        if let Some(case) = cases.get_mut(*at) {
            if case.answer.as_ref().is_some_and(|before| *before != answer) {
                eprintln!(
                    "xtask: {subject}: {} differs",
                    case.text.lines().next().unwrap_or("")
                );
            }
            case.answer = Some(answer);
        }
    }
    let written = |case: &Case| {
        let answer = case.answer.as_deref().unwrap_or_default();
        format!("\n=== {}\n--- {answer}\n", case.text)
    };
    let after = shared + &cases.iter().map(written).collect::<String>();
    if after != before {
        fs::write(file, after)?;
    }
    Ok(chosen.len())
}

fn read(part: &str) -> Case {
    let (text, answer) = match part.split_once("\n--- ") {
        Some((text, answer)) => (text, Some(answer.trim_end_matches('\n').to_owned())),
        None => (part.trim_end_matches('\n'), None),
    };
    Case {
        text: text.to_owned(),
        answer,
    }
}

/// The files of a text that are begun by `>>> `.
fn files(text: &str, files: &mut Files) {
    for part in format!("\n{text}").split("\n>>> ").skip(1) {
        let (path, body) = part.split_once('\n').unwrap_or((part, ""));
        let body = format!("{}\n", body.trim_end_matches('\n'));
        files.insert(path.trim().to_owned(), body);
    }
}

fn ask(oracle: &Oracle, shared: &str, case: &str) -> Outcome<String> {
    let mut all = Files::from([("Chart.yaml".to_owned(), METADATA.to_owned())]);
    files(shared, &mut all);
    files(case, &mut all);
    let folder = oracle.folder()?;
    let chart = folder.join("chart");
    fs::create_dir_all(&chart)?;
    for (path, body) in &all {
        let path = chart.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&chart))?;
        fs::write(path, body)?;
    }
    let flags: Vec<String> = case
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .flat_map(|line| line.splitn(2, ' ').map(str::to_owned))
        .collect();
    let answer = oracle.template(Path::new("chart"), &folder, &flags)?;
    fs::remove_dir_all(folder)?;
    Ok(match answer {
        Answer::Gives(text) => format!("gives\n{}", text.trim_end()),
        Answer::Fails(error) => format!("fails\n{}", error.trim_end()),
    })
}
