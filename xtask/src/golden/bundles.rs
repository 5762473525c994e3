//! A bundle: a file with many charts, each with a command line and the result of Helm.
//!
//! `>>> PATH` starts a file of the chart, or of its parent folder when the path starts with `../`. Files
//! before the first case belong to every case; a case may replace them. A case is `=== a sentence`,
//! arguments on lines that start with `$ `, its files, then `--- gives` or `--- fails` and the result of
//! Helm. With `$ lint`, the result is what `helm lint` finds; with `$ --helm 4`, it is that of Helm 4.

use super::oracle::{Oracle, Output};
use super::{
    Selection,
    walk::{self, Case},
};
use crate::Outcome;
use std::{collections::BTreeMap, fs, path::Path};

/// The default Chart.yaml.
const CHART_YAML: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";

type Files = BTreeMap<String, String>;

/// Records the files below `tests/charts`; returns the number of recorded cases.
pub(super) fn record(oracle: &Oracle, selection: &Selection) -> Outcome<usize> {
    walk::each_file("charts", |file| record_file(oracle, selection, file))
}

fn record_file(oracle: &Oracle, selection: &Selection, file: &Path) -> Outcome<usize> {
    let before = fs::read_to_string(file)?;
    let mut parts = before.split("\n=== ");
    let shared = parts.next().unwrap_or_default().to_owned();
    let mut cases: Vec<Case> = parts.map(parse).collect();
    let recorded = walk::record(selection, file, &mut cases, |case| {
        render(oracle, &shared, &case.text)
    })?;
    let format_case = |case: &Case| {
        let result = case.result.as_deref().unwrap_or_default();
        format!("\n=== {}\n--- {result}\n", case.text)
    };
    let after = shared.clone() + &cases.iter().map(format_case).collect::<String>();
    if after != before {
        fs::write(file, after)?;
    }
    Ok(recorded)
}

fn parse(part: &str) -> Case {
    let (text, result) = walk::split_result(part);
    Case {
        title: text.lines().next().unwrap_or_default().to_owned(),
        text: text.to_owned(),
        result,
    }
}

/// Adds the files of a text, each of which starts with `>>> `.
fn add_files(text: &str, files: &mut Files) {
    for part in format!("\n{text}").split("\n>>> ").skip(1) {
        let (path, body) = part.split_once('\n').unwrap_or((part, ""));
        let body = format!("{}\n", body.trim_end_matches('\n'));
        files.insert(path.trim().to_owned(), body);
    }
}

fn render(oracle: &Oracle, shared: &str, case: &str) -> Outcome<String> {
    let mut files = Files::from([("Chart.yaml".to_owned(), CHART_YAML.to_owned())]);
    add_files(shared, &mut files);
    add_files(case, &mut files);
    let folder = oracle.folder()?;
    let chart = folder.join("chart");
    fs::create_dir_all(&chart)?;
    for (path, body) in &files {
        let path = chart.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&chart))?;
        fs::write(path, body)?;
    }
    let flags: Vec<String> = case
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .flat_map(|line| line.splitn(2, ' ').map(str::to_owned))
        .collect();
    // A case of the linter has the findings of `helm lint` as its result.
    if flags.iter().any(|flag| flag == "lint") {
        let findings = oracle.lint(Path::new("chart"), &folder, &flags)?;
        fs::remove_dir_all(folder)?;
        return Ok(format!("gives\n{findings}"));
    }
    let output = oracle.template(Path::new("chart"), &folder, &flags)?;
    fs::remove_dir_all(folder)?;
    Ok(match output {
        Output::Manifests(text) => format!("gives\n{}", text.trim_end()),
        Output::Error(error) => format!("fails\n{}", error.trim_end()),
    })
}
