//! A bundle: a file of whole charts, each with a command line and what Helm makes of it.
//!
//! `>>> PATH` begins a file of the chart (of the folder around it, when the path begins with `../`);
//! those before the first case belong to every case, unless it has its own. A case is `=== a sentence`,
//! lines of the command line that begin with `$ `, its files, then `--- gives` or `--- fails` and Helm's
//! answer.

use super::oracle::{Answer, Oracle};
use super::{
    Wanted,
    walk::{self, Case},
};
use crate::Outcome;
use std::{collections::BTreeMap, fs, path::Path};

/// What every chart has that does not say it itself.
const METADATA: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";

type Files = BTreeMap<String, String>;

/// Records the files below `tests/charts`; how many cases were asked.
pub(super) fn record(oracle: &Oracle, wanted: &Wanted) -> Outcome<usize> {
    walk::each_file("charts", |file| one_file(oracle, wanted, file))
}

fn one_file(oracle: &Oracle, wanted: &Wanted, file: &Path) -> Outcome<usize> {
    let before = fs::read_to_string(file)?;
    let mut parts = before.split("\n=== ");
    let shared = parts.next().unwrap_or_default().to_owned();
    let mut cases: Vec<Case> = parts.map(read).collect();
    let asked = walk::answer(wanted, file, &mut cases, |case| {
        ask(oracle, &shared, &case.text)
    })?;
    let written = |case: &Case| {
        let answer = case.answer.as_deref().unwrap_or_default();
        format!("\n=== {}\n--- {answer}\n", case.text)
    };
    let after = shared.clone() + &cases.iter().map(written).collect::<String>();
    if after != before {
        fs::write(file, after)?;
    }
    Ok(asked)
}

fn read(part: &str) -> Case {
    let (text, answer) = walk::parted(part);
    Case {
        title: text.lines().next().unwrap_or_default().to_owned(),
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
