//! Local charts: built in, or uploaded by an operator.

use crate::{Catalog, Digest, Entry, Error};
use chart::Chart;
use std::{path::PathBuf, sync::Arc};
use wire::{ChartName, ChartRef, Repository};

/// The repository of uploaded charts.
pub const UPLOADED: &str = "uploaded";

/// An uploaded chart: its entry in the index, and the file of its archive.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name and version.
    pub chart: ChartRef,
    /// Its entry in the index.
    pub entry: Entry,
    /// The digest of its archive.
    pub digest: Digest,
    /// The file of its archive.
    pub file: PathBuf,
}

impl Upload {
    /// The reference of an uploaded chart.
    ///
    /// # Errors
    /// [`Error::Name`] when the name is invalid.
    pub fn reference(chart: &Chart) -> Result<ChartRef, Error> {
        reference(UPLOADED, chart)
    }
}

/// The reference of a chart in a repository.
pub(crate) fn reference(repository: &str, chart: &Chart) -> Result<ChartRef, Error> {
    let invalid_name = |source| Error::Name {
        folder: chart.name().to_owned(),
        source,
    };
    Ok(ChartRef {
        repository: Repository::new(repository).map_err(invalid_name)?,
        chart: ChartName::new(chart.name()).map_err(invalid_name)?,
        version: chart.metadata().version.clone(),
    })
}

impl Catalog {
    /// The same with one more chart in a repository.
    ///
    /// # Errors
    /// [`Error::Name`] when the chart's name is invalid.
    pub fn with(mut self, repository: &Repository, chart: Chart) -> Result<Self, Error> {
        let reference = reference(repository.as_str(), &chart)?;
        self.local.insert(reference, Arc::new(chart));
        Ok(self)
    }

    /// Adds an uploaded chart.
    pub fn add_upload(&self, upload: Upload) {
        let mut uploads = self.uploads.write();
        uploads.insert(upload.chart.clone(), upload);
    }

    /// Removes an uploaded chart; returns whether it existed.
    pub fn remove_upload(&self, chart: &ChartRef) -> bool {
        let mut uploads = self.uploads.write();
        uploads.remove(chart).is_some()
    }

    pub(crate) fn upload(&self, chart: &ChartRef) -> Option<Upload> {
        let uploads = self.uploads.read();
        uploads.get(chart).cloned()
    }
}
