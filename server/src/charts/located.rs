//! Finds the chart that a command names: a folder, an archive, or `repository/name` of the catalog.
//!
//! Repositories are those of the console whose data directory is the usual one.

use super::folder;
use crate::config;
use anyhow::{anyhow, bail};
use chart::{ArchiveLimits, Chart};
use console::AddressPolicy;
use std::{fs, path::Path};
use wire::{ChartName, ChartRef, Repository};

/// Why a chart could not be had, in Helm's words.
pub(super) fn words(error: &anyhow::Error) -> String {
    match error.downcast_ref::<chart::Error>() {
        Some(error) => error.detail(),
        None => format!("{error:#}"),
    }
}

/// Reads the chart that is named.
pub(super) fn chart(named: &str, version: Option<&str>) -> anyhow::Result<Chart> {
    let path = Path::new(named);
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => Ok(Chart::from_folder(folder::files(path)?)?),
        Ok(_) => archive(path),
        Err(_) if path.is_absolute() || named.starts_with('.') => {
            bail!("path {named:?} not found")
        }
        Err(_) => of_catalog(named, version),
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

/// A chart of the catalog: built in, or of a repository that was added to the console here.
fn of_catalog(named: &str, version: Option<&str>) -> anyhow::Result<Chart> {
    let Some((repository, name)) = named.split_once('/') else {
        bail!("non-absolute URLs should be in form of repo_name/path_to_chart, got: {named}");
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
