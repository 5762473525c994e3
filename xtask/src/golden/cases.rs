//! A file of cases: small templates, each with what Helm makes of it.
//!
//! A case is `=== a sentence`, the template, then `--- gives` or `--- fails` and Helm's answer
//! (`--- gives json` where the answer is not a text of plain lines). Each template is put as
//! `templates/_case.tpl` into the chart below `tests/cases/chart`, where `templates/out.yaml` includes
//! it; a `SUBJECT.yaml` beside `SUBJECT.txt` gives its values.

use super::oracle::{Answer, Oracle};
use super::{Wanted, each, tests};
use crate::Outcome;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// One case as it stands in its file.
struct Case {
    title: String,
    template: String,
    answer: Option<String>,
}

/// Records the files below `tests/cases`; how many cases were asked.
pub(super) fn record(oracle: &Oracle, wanted: &Wanted) -> Outcome<usize> {
    let mut files: Vec<PathBuf> = fs::read_dir(tests().join("cases"))?
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
    let subject = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let text = fs::read_to_string(file)?;
    let mut cases = read(&text);
    let takes = |case: &Case| {
        (wanted.takes(&subject) || wanted.takes(&case.title))
            && (wanted.all || case.answer.is_none())
    };
    let chosen: Vec<usize> = (0..cases.len())
        .filter(|at| cases.get(*at).is_some_and(takes))
        .collect();
    let values = file.with_extension("yaml");
    let answers = each(&chosen, |at| match cases.get(*at) {
        Some(case) => ask(oracle, &values, &case.template),
        None => Err("a case is gone".into()),
    })?;
    for (at, answer) in chosen.iter().zip(answers) {
        let Some(case) = cases.get_mut(*at) else {
            continue;
        };
        if case.answer.as_ref().is_some_and(|before| *before != answer) {
            eprintln!("xtask: {subject}: {} differs", case.title);
        }
        case.answer = Some(answer);
    }
    let after: String = cases.iter().map(written).collect();
    if after != text {
        fs::write(file, after)?;
    }
    Ok(chosen.len())
}

fn read(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for part in format!("\n{text}").split("\n=== ").skip(1) {
        let (title, body) = part.split_once('\n').unwrap_or((part, ""));
        let body = format!("\n{body}");
        let (template, answer) = match body.split_once("\n--- ") {
            Some((template, answer)) => (template, Some(answer.trim_end_matches('\n').to_owned())),
            None => (body.trim_end_matches('\n'), None),
        };
        cases.push(Case {
            title: title.trim().to_owned(),
            template: template.strip_prefix('\n').unwrap_or(template).to_owned(),
            answer,
        });
    }
    cases
}

fn written(case: &Case) -> String {
    let answer = case.answer.as_deref().unwrap_or_default();
    format!("=== {}\n{}\n--- {answer}\n\n", case.title, case.template)
}

fn ask(oracle: &Oracle, values: &Path, template: &str) -> Outcome<String> {
    let chart = oracle.folder()?;
    copy(&tests().join("cases/chart"), &chart)?;
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

fn copy(from: &Path, to: &Path) -> Outcome {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
