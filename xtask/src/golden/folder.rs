//! A folder is a chart, with what Helm makes of it beside it.
//!
//! `given.yaml` holds a person's values; `flags` holds more of the command line, a flag a line
//! (`--set a=b`); a `chart.tgz` is rendered in place of the folder. Files whose names begin with
//! `given` or `expected` are no part of the chart. Written are `expected.yaml` or `expected-error.txt`,
//! and `expected-notes.txt` where the chart has notes.

use super::oracle::{Answer, Oracle};
use super::{Wanted, copy, each, tests};
use crate::Outcome;
use std::{
    fs,
    path::{Path, PathBuf},
};

const YAML: &str = "expected.yaml";
const ERROR: &str = "expected-error.txt";
const NOTES: &str = "expected-notes.txt";

/// Records the folders below `tests/golden`; how many were asked.
pub(super) fn record(oracle: &Oracle, wanted: &Wanted) -> Outcome<usize> {
    let mut folders: Vec<PathBuf> = fs::read_dir(tests().join("golden"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    folders.retain(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let answered = folder.join(YAML).is_file() || folder.join(ERROR).is_file();
        folder.is_dir() && wanted.takes(&name) && (wanted.all || !answered)
    });
    folders.sort();
    each(&folders, |folder| one(oracle, folder))?;
    Ok(folders.len())
}

fn one(oracle: &Oracle, folder: &Path) -> Outcome {
    let chart = oracle.folder()?;
    let archive = folder.join("chart.tgz");
    copy(folder, &chart, of_the_chart)?;
    let flags = flags(folder);
    let rendered = if archive.is_file() { &archive } else { &chart };
    let (yaml, error) = match oracle.template(rendered, folder, &flags)? {
        Answer::Gives(yaml) => (Some(yaml), None),
        Answer::Fails(error) => (None, Some(error)),
    };
    let notes = match &yaml {
        Some(_) => notes(oracle, &chart, folder, &flags)?,
        None => None,
    };
    write(&folder.join(YAML), yaml)?;
    write(&folder.join(ERROR), error)?;
    write(&folder.join(NOTES), notes)?;
    fs::remove_dir_all(chart)?;
    Ok(())
}

/// The notes, which `helm template` does not print: another template includes them.
fn notes(
    oracle: &Oracle,
    chart: &Path,
    folder: &Path,
    flags: &[String],
) -> Outcome<Option<String>> {
    if !chart.join("templates/NOTES.txt").is_file() {
        return Ok(None);
    }
    let ask = "notes: {{ include (printf \"%s/templates/NOTES.txt\" .Chart.Name) . | toJson }}\n";
    fs::write(chart.join("templates/zz-notes.yaml"), ask)?;
    let mut flags = flags.to_vec();
    flags.extend(["--show-only", "templates/zz-notes.yaml"].map(str::to_owned));
    let Answer::Gives(text) = oracle.template(chart, folder, &flags)? else {
        return Ok(None);
    };
    let json = text.split_once("notes: ").map(|(_, json)| json.trim());
    let notes: Option<String> = json.map(serde_json::from_str).transpose()?;
    Ok(notes.map(|notes| notes.replace("<no value>", "")))
}

fn flags(folder: &Path) -> Vec<String> {
    let mut flags = Vec::new();
    if folder.join("given.yaml").is_file() {
        flags.extend(["-f", "given.yaml"].map(str::to_owned));
    }
    if let Ok(more) = fs::read_to_string(folder.join("flags")) {
        for line in more.lines().filter(|line| !line.trim().is_empty()) {
            flags.extend(line.splitn(2, ' ').map(str::to_owned));
        }
    }
    flags
}

/// Whether a file is the chart's and not ours.
fn of_the_chart(name: &str) -> bool {
    !(name.starts_with("expected") || name.starts_with("given") || name == "flags")
}

/// Writes or removes an answer, and says when it is another than before.
fn write(path: &Path, answer: Option<String>) -> Outcome {
    let before = fs::read_to_string(path).ok();
    let answer = answer.map(|text| text.trim_end().to_owned() + "\n");
    if before == answer {
        return Ok(());
    }
    let name = path.strip_prefix(tests()).unwrap_or(path).display();
    match answer {
        Some(text) => {
            let said = if before.is_some() {
                "differs"
            } else {
                "is new"
            };
            eprintln!("xtask: {name} {said}");
            fs::write(path, text)?;
        }
        None => {
            eprintln!("xtask: {name} is no more");
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
