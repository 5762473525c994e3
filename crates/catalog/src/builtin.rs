//! The built-in repository: the chart directories under `charts/`, embedded in the binary.

use crate::Error;
use chart::Chart;
use include_dir::{Dir, include_dir};
use std::{collections::BTreeMap, sync::Arc};
use wire::{ChartName, ChartRef, Repository};

/// The name of the built-in repository.
pub const BUILT_IN: &str = "built-in";

static CHARTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/charts");

/// The directory of each embedded chart: its name, and its files by their paths in it.
pub(crate) fn folders() -> impl Iterator<Item = (String, Vec<(String, Vec<u8>)>)> {
    let name = |folder: &Dir<'_>| folder.path().display().to_string();
    CHARTS
        .dirs()
        .map(move |folder| (name(folder), files(folder, folder.path())))
}

/// Every embedded chart.
pub(crate) fn charts() -> Result<BTreeMap<ChartRef, Arc<Chart>>, Error> {
    let mut charts = BTreeMap::new();
    for (name, files) in folders() {
        let chart = Chart::from_files(files).map_err(|source| Error::Chart {
            folder: name.clone(),
            source: Box::new(source),
        })?;
        let invalid_name = |source| Error::Name {
            folder: name.clone(),
            source,
        };
        let reference = ChartRef {
            repository: Repository::new(BUILT_IN).map_err(invalid_name)?,
            chart: ChartName::new(chart.name()).map_err(invalid_name)?,
            version: chart.metadata().version.clone(),
        };
        charts.insert(reference, Arc::new(chart));
    }
    Ok(charts)
}

fn files(folder: &Dir<'_>, root: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut result = Vec::new();
    for file in folder.files() {
        let path = file.path().strip_prefix(root).unwrap_or(file.path());
        let name = path.to_string_lossy().replace('\\', "/");
        result.push((name, file.contents().to_vec()));
    }
    for inner in folder.dirs() {
        result.extend(files(inner, root));
    }
    result
}
