//! A golden folder: a chart and the result of Helm.
//!
//! `given.yaml` contains the user's values; `flags` contains more arguments, one flag per line
//! (`--set a=b`); a `chart.tgz` is rendered instead of the folder. Files whose names start with `given`
//! or `expected` do not belong to the chart. The command writes `expected.yaml` or
//! `expected-error.txt`, and `expected-notes.txt` when the chart has notes.

use super::oracle::{Oracle, Output};
use super::{Selection, copy, in_parallel, tests};
use crate::Outcome;
use std::{
    fs,
    path::{Path, PathBuf},
};

const YAML: &str = "expected.yaml";
const ERROR: &str = "expected-error.txt";
const NOTES: &str = "expected-notes.txt";

/// Records the folders below `tests/golden`; returns the number of recorded folders.
pub(super) fn record(oracle: &Oracle, selection: &Selection) -> Outcome<usize> {
    let mut folders: Vec<PathBuf> = fs::read_dir(tests().join("golden"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    folders.retain(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let is_recorded = folder.join(YAML).is_file() || folder.join(ERROR).is_file();
        folder.is_dir() && selection.matches(&name) && (selection.all || !is_recorded)
    });
    folders.sort();
    in_parallel(&folders, |folder| record_folder(oracle, folder))?;
    Ok(folders.len())
}

fn record_folder(oracle: &Oracle, folder: &Path) -> Outcome {
    let chart = oracle.folder()?;
    let archive = folder.join("chart.tgz");
    copy(folder, &chart, belongs_to_chart)?;
    let flags = flags(folder);
    let source = if archive.is_file() { &archive } else { &chart };
    let (yaml, error) = match oracle.template(source, folder, &flags)? {
        Output::Manifests(yaml) => (Some(yaml), None),
        Output::Error(error) => (None, Some(error)),
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

/// The notes; `helm template` does not print them, so that an additional template includes them.
fn notes(
    oracle: &Oracle,
    chart: &Path,
    folder: &Path,
    flags: &[String],
) -> Outcome<Option<String>> {
    if !chart.join("templates/NOTES.txt").is_file() {
        return Ok(None);
    }
    let template =
        "notes: {{ include (printf \"%s/templates/NOTES.txt\" .Chart.Name) . | toJson }}\n";
    fs::write(chart.join("templates/zz-notes.yaml"), template)?;
    let mut flags = flags.to_vec();
    flags.extend(["--show-only", "templates/zz-notes.yaml"].map(str::to_owned));
    let Output::Manifests(text) = oracle.template(chart, folder, &flags)? else {
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

/// Whether a file belongs to the chart and not to the test.
fn belongs_to_chart(name: &str) -> bool {
    !(name.starts_with("expected") || name.starts_with("given") || name == "flags")
}

/// Writes or removes a result and prints a line when it has changed.
fn write(path: &Path, result: Option<String>) -> Outcome {
    let before = fs::read_to_string(path).ok();
    let result = result.map(|text| text.trim_end().to_owned() + "\n");
    if before == result {
        return Ok(());
    }
    let name = path.strip_prefix(tests()).unwrap_or(path).display();
    match result {
        Some(text) => {
            let change = if before.is_some() {
                "changed"
            } else {
                "is new"
            };
            eprintln!("xtask: {name} {change}");
            fs::write(path, text)?;
        }
        None => {
            eprintln!("xtask: {name} is removed");
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
