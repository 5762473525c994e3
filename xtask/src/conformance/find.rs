//! The charts below a folder, and the values files for their tests.

use crate::Outcome;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders with values files for the tests of a chart.
const VALUES_FOLDERS: [&str; 3] = ["ci", "test-values", "tests/values"];
/// The maximum number of values files of one chart.
const MAX_VALUES: usize = 20;

/// One rendering.
pub(super) struct Case {
    /// Its name in the table.
    pub(super) name: String,
    /// The chart: a folder or an archive.
    pub(super) chart: PathBuf,
    /// A values file that overrides the defaults of the chart.
    pub(super) values: Option<PathBuf>,
}

/// The cases of every chart below a folder; a chart in another chart is a part of that chart.
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
        let values = test_values(&chart);
        cases.push(Case {
            name: name.clone(),
            chart: chart.clone(),
            values: None,
        });
        for file in values.into_iter().take(MAX_VALUES) {
            let file_name = file.file_name().unwrap_or_default().to_string_lossy();
            cases.push(Case {
                name: format!("{name} -f {file_name}"),
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
        } else if path.is_file() && path.extension().is_some_and(|extension| extension == "tgz") {
            charts.push(path);
        }
    }
    Ok(())
}

fn test_values(chart: &Path) -> Vec<PathBuf> {
    let is_yaml = |path: &PathBuf| {
        let extension = path.extension().unwrap_or_default();
        path.is_file() && (extension == "yaml" || extension == "yml")
    };
    let folders = VALUES_FOLDERS.iter().map(|folder| chart.join(folder));
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
