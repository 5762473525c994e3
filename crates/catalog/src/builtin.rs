//! The built-in repository: the chart directories under `charts/`, embedded in the binary.

use crate::Error;
use chart::Chart;
use include_dir::{Dir, include_dir};
use std::{collections::BTreeMap, sync::Arc};
use wire::{ChartName, ChartRef, Repository};

/// The name of the built-in repository.
pub const BUILT_IN: &str = "built-in";

static CHARTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/charts");
/// The parameters of bundles, and the charts of this console that are parts of them.
static BUNDLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/bundles");
/// The folder of the charts that are parts.
const PARTS_FOLDER: &str = "parts";
/// The version in Chart.yaml of a bundle, in whose place the version of Istio is written.
const ANY_VERSION: &str = "0.0.0";

/// The directory of each embedded chart: its name, and its files by their paths in it.
pub(crate) fn folders() -> impl Iterator<Item = (String, Vec<(String, Vec<u8>)>)> {
    let name = |folder: &Dir<'_>| folder.path().display().to_string();
    CHARTS
        .dirs()
        .map(move |folder| (name(folder), files(folder, folder.path())))
}

/// Every embedded chart.
pub(crate) fn charts() -> Result<BTreeMap<ChartRef, Arc<Chart>>, Error> {
    opened(folders())
}

/// The charts of this console that only bundles install.
pub(crate) fn parts() -> Result<BTreeMap<ChartRef, Arc<Chart>>, Error> {
    let folders = BUNDLES.get_dir(PARTS_FOLDER);
    let folders = folders.into_iter().flat_map(Dir::dirs).map(|folder| {
        let path = folder.path().display().to_string();
        (path, files(folder, folder.path()))
    });
    opened(folders)
}

/// The card of a bundle as a chart of this version: its parameters, without templates.
pub(crate) fn bundle_chart(card: &str, version: &str) -> Result<Chart, Error> {
    let failed = |source| Error::Chart {
        folder: card.to_owned(),
        source: Box::new(source),
    };
    let folder = BUNDLES.get_dir(card);
    let folder = folder.ok_or_else(|| failed(chart::Error::MissingMetadata))?;
    let mut files = files(folder, folder.path());
    for (name, content) in &mut files {
        if name == "Chart.yaml" {
            let text = String::from_utf8_lossy(content).replace(ANY_VERSION, version);
            *content = text.into_bytes();
        }
    }
    Chart::from_files(files).map_err(failed)
}

fn opened(
    folders: impl Iterator<Item = (String, Vec<(String, Vec<u8>)>)>,
) -> Result<BTreeMap<ChartRef, Arc<Chart>>, Error> {
    let mut charts = BTreeMap::new();
    for (name, files) in folders {
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
