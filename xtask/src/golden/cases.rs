//! A file of cases: small templates, each with what Helm makes of it.
//!
//! A case is `=== a sentence`, the template, then `--- gives` or `--- fails` and Helm's answer
//! (`--- gives json` where the answer is not a text of plain lines). Each template is put as
//! `templates/_case.tpl` into the chart below `tests/cases/chart`, where `templates/out.yaml` includes
//! it; a `SUBJECT.yaml` beside `SUBJECT.txt` gives its values.

use super::oracle::{Answer, Oracle};
use super::{
    Wanted, copy, tests,
    walk::{self, Case},
};
use crate::Outcome;
use std::{fs, path::Path};

/// Records the files below `tests/cases`; how many cases were asked.
pub(super) fn record(oracle: &Oracle, wanted: &Wanted) -> Outcome<usize> {
    walk::each_file("cases", |file| one_file(oracle, wanted, file))
}

fn one_file(oracle: &Oracle, wanted: &Wanted, file: &Path) -> Outcome<usize> {
    let before = fs::read_to_string(file)?;
    let mut cases = read(&before);
    let values = file.with_extension("yaml");
    let asked = walk::answer(wanted, file, &mut cases, |case| {
        ask(oracle, &values, &case.text)
    })?;
    let after: String = cases.iter().map(written).collect();
    if after != before {
        fs::write(file, after)?;
    }
    Ok(asked)
}

fn read(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for part in format!("\n{text}").split("\n=== ").skip(1) {
        let (title, body) = part.split_once('\n').unwrap_or((part, ""));
        let body = format!("\n{body}");
        let (template, answer) = walk::parted(&body);
        cases.push(Case {
            title: title.trim().to_owned(),
            text: template.strip_prefix('\n').unwrap_or(template).to_owned(),
            answer,
        });
    }
    cases
}

fn written(case: &Case) -> String {
    let answer = case.answer.as_deref().unwrap_or_default();
    format!("=== {}\n{}\n--- {answer}\n\n", case.title, case.text)
}

fn ask(oracle: &Oracle, values: &Path, template: &str) -> Outcome<String> {
    let chart = oracle.folder()?;
    copy(&tests().join("cases/chart"), &chart, |_| true)?;
    fs::write(chart.join("templates/_case.tpl"), template)?;
    let mut flags = Vec::new();
    if values.is_file() {
        flags.extend(["-f".to_owned(), values.display().to_string()]);
    }
    let answer = oracle.template(&chart, &chart, &flags)?;
    fs::remove_dir_all(chart)?;
    Ok(match answer {
        Answer::Fails(error) => format!("fails\n{error}"),
        Answer::Gives(text) => {
            let json = text
                .split_once("out: ")
                .map_or("\"\"", |(_, json)| json.trim());
            given(json, serde_json::from_str(json)?)
        }
    })
}

/// An answer as text where it would be read back the same, as JSON elsewhere.
fn given(json: &str, text: String) -> String {
    let plain = text
        .chars()
        .all(|c| c == '\n' || !(c.is_control() || c == '\u{fffd}'));
    let clear = !text.starts_with("=== ") && !text.contains("\n=== ");
    if plain && clear && !text.ends_with(['\n', ' ']) && !text.is_empty() {
        format!("gives\n{text}")
    } else {
        format!("gives json\n{json}")
    }
}
