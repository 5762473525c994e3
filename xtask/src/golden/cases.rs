//! A file of cases: small templates, each with the result of Helm.
//!
//! A case is `=== a sentence`, the template, then `--- gives` or `--- fails` and the result of Helm
//! (`--- gives json` when the output is not plain text). Each template is written to
//! `templates/_case.tpl` of the chart in `tests/cases/chart`, whose `templates/out.yaml` includes it; a
//! `SUBJECT.yaml` beside `SUBJECT.txt` contains its values.

use super::oracle::{Oracle, Output};
use super::{
    Selection, copy, tests,
    walk::{self, Case},
};
use crate::Outcome;
use std::{fs, path::Path};

/// Records the files below `tests/cases`; returns the number of recorded cases.
pub(super) fn record(oracle: &Oracle, selection: &Selection) -> Outcome<usize> {
    walk::each_file("cases", |file| record_file(oracle, selection, file))
}

fn record_file(oracle: &Oracle, selection: &Selection, file: &Path) -> Outcome<usize> {
    let before = fs::read_to_string(file)?;
    let mut cases = parse(&before);
    let values = file.with_extension("yaml");
    let recorded = walk::record(selection, file, &mut cases, |case| {
        render(oracle, &values, &case.text)
    })?;
    let after: String = cases.iter().map(format_case).collect();
    if after != before {
        fs::write(file, after)?;
    }
    Ok(recorded)
}

fn parse(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for part in format!("\n{text}").split("\n=== ").skip(1) {
        let (title, body) = part.split_once('\n').unwrap_or((part, ""));
        let body = format!("\n{body}");
        let (template, result) = walk::split_result(&body);
        cases.push(Case {
            title: title.trim().to_owned(),
            text: template.strip_prefix('\n').unwrap_or(template).to_owned(),
            result,
        });
    }
    cases
}

fn format_case(case: &Case) -> String {
    let result = case.result.as_deref().unwrap_or_default();
    format!("=== {}\n{}\n--- {result}\n\n", case.title, case.text)
}

fn render(oracle: &Oracle, values: &Path, template: &str) -> Outcome<String> {
    let chart = oracle.folder()?;
    copy(&tests().join("cases/chart"), &chart, |_| true)?;
    fs::write(chart.join("templates/_case.tpl"), template)?;
    let mut flags = Vec::new();
    if values.is_file() {
        flags.extend(["-f".to_owned(), values.display().to_string()]);
    }
    let output = oracle.template(&chart, &chart, &flags)?;
    fs::remove_dir_all(chart)?;
    Ok(match output {
        Output::Error(error) => format!("fails\n{error}"),
        Output::Manifests(text) => {
            let json = text
                .split_once("out: ")
                .map_or("\"\"", |(_, json)| json.trim());
            format_output(json, serde_json::from_str(json)?)
        }
    })
}

/// The output as text when the text can be parsed again without a loss, otherwise as JSON.
fn format_output(json: &str, text: String) -> String {
    let is_plain = text
        .chars()
        .all(|c| c == '\n' || !(c.is_control() || c == '\u{fffd}'));
    let has_no_marker = !text.starts_with("=== ") && !text.contains("\n=== ");
    if is_plain && has_no_marker && !text.ends_with(['\n', ' ']) && !text.is_empty() {
        format!("gives\n{text}")
    } else {
        format!("gives json\n{json}")
    }
}
