//! The charts below a folder, and the values they bring along for their own tests.

use crate::Outcome;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders that a chart's authors keep values for its tests in.
const OWN_VALUES: [&str; 3] = ["ci", "test-values", "tests/values"];
/// The most files of values of one chart.
const MOST_VALUES: usize = 20;

/// One rendering.
pub(super) struct Case {
    /// How it is called in the table.
    pub(super) name: String,
    /// The chart: a folder or an archive.
    pub(super) chart: PathBuf,
    /// Values over the chart's own.
    pub(super) values: Option<PathBuf>,
}

/// Every chart below a folder; a chart inside of a chart is part of it.
pub(super) fn cases(root: &Path) -> Outcome<Vec<Case>> {
    let mut charts = Vec::new();
    walk(root, &mut charts)?;
    let mut cases = Vec::new();
    for chart in charts {
        let name = chart.strip_prefix(root).unwrap_or(&chart).display();
        let name = match name.to_string() {
            empty if empty.is_empty() => root.display().to_string(),
            name => name,
        };
        let values = own_values(&chart);
        cases.push(Case {
            name: name.clone(),
            chart: chart.clone(),
            values: None,
        });
        for file in values.into_iter().take(MOST_VALUES) {
            let last = file.file_name().unwrap_or_default().to_string_lossy();
            cases.push(Case {
                name: format!("{name} -f {last}"),
                chart: chart.clone(),
                values: Some(file),
            });
        }
    }
    Ok(cases)
}

fn walk(folder: &Path, charts: &mut Vec<PathBuf>) -> Outcome {
    if folder.join("Chart.yaml").is_file() {
        charts.push(folder.to_owned());
        return Ok(());
    }
    for path in sorted(folder)? {
        let is_link = fs::symlink_metadata(&path)?.is_symlink();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !is_link && name != ".git" && name != "node_modules" {
            walk(&path, charts)?;
        } else if path.is_file() && path.extension().is_some_and(|end| end == "tgz") {
            charts.push(path);
        }
    }
    Ok(())
}

fn own_values(chart: &Path) -> Vec<PathBuf> {
    let is_yaml = |path: &PathBuf| {
        let end = path.extension().unwrap_or_default();
        path.is_file() && (end == "yaml" || end == "yml")
    };
    let folders = OWN_VALUES.iter().map(|folder| chart.join(folder));
    folders
        .filter_map(|folder| sorted(&folder).ok())
        .flatten()
        .filter(is_yaml)
        .collect()
}

fn sorted(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}
