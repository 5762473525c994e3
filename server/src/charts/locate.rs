//! Locates the chart of a command: a directory, an archive, or `repository/name` of the catalog.
//!
//! The repositories are those of the console with the default data directory.

use super::folder;
use crate::config;
use anyhow::{anyhow, bail};
use chart::{ArchiveLimits, Chart};
use console::AddressPolicy;
use std::{fs, path::Path};
use wire::{ChartName, ChartRef, Repository, error_chain};

/// The message of an error, as Helm words it.
pub(super) fn message(error: &anyhow::Error) -> String {
    match error.downcast_ref::<chart::Error>() {
        Some(error) => error.detail(),
        None => error_chain(error.as_ref()),
    }
}

/// Reads the chart at a path or, when there is no such path, from the catalog.
pub(super) fn chart(reference: &str, version: Option<&str>) -> anyhow::Result<Chart> {
    let path = Path::new(reference);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(Chart::from_folder(folder::files(path)?)?),
        Ok(_) => archive(path),
        Err(_) if path.is_absolute() || reference.starts_with('.') => {
            bail!("path {reference:?} not found")
        }
        Err(_) => from_catalog(reference, version),
    }
}

fn archive(path: &Path) -> anyhow::Result<Chart> {
    let limits = ArchiveLimits::default();
    if fs::metadata(path)?.len() > limits.compressed {
        bail!(
            "{} is larger than the maximum size {}",
            path.display(),
            limits.compressed
        );
    }
    Ok(Chart::from_archive(&fs::read(path)?, &limits)?)
}

/// Reads a chart of the catalog: a built-in chart, or a chart of a repository of the console.
fn from_catalog(reference: &str, version: Option<&str>) -> anyhow::Result<Chart> {
    let Some((repository, name)) = reference.split_once('/') else {
        bail!("non-absolute URLs should be in form of repo_name/path_to_chart, got: {reference}");
    };
    let repository =
        Repository::new(repository).map_err(|_| anyhow!("repo {repository} not found"))?;
    let name = ChartName::new(name).map_err(|_| anyhow!("chart {name:?} not found"))?;
    let folder = config::data_dir(None);
    let catalog = console::open_catalog(&folder, AddressPolicy::WithLoopback)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let reference = match version {
            Some(version) => ChartRef {
                repository,
                chart: name,
                version: version.to_owned(),
            },
            None => catalog.newest(&repository, &name).await?,
        };
        Ok(catalog.chart(&reference).await?.chart.as_ref().clone())
    })
}
