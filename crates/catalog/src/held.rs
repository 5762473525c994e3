//! Charts that are here already: part of the program, or uploaded by an operator.

use crate::{Catalog, Digest, Entry, Error};
use chart::Chart;
use std::{
    path::PathBuf,
    sync::{Arc, PoisonError},
};
use wire::{ChartName, ChartRef, Repository};

/// The repository of uploaded charts.
pub const UPLOADED: &str = "uploaded";

/// An uploaded chart: what is listed of it, and where its archive lies.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name and version.
    pub chart: ChartRef,
    /// What is listed of it.
    pub entry: Entry,
    /// The digest of its archive.
    pub digest: Digest,
    /// Where its archive lies.
    pub file: PathBuf,
}

impl Upload {
    /// The reference of an uploaded chart.
    ///
    /// # Errors
    /// [`Error::Name`] when its name cannot be one.
    pub fn reference(chart: &Chart) -> Result<ChartRef, Error> {
        reference(UPLOADED, chart)
    }
}

/// The reference of a chart in a repository.
pub(crate) fn reference(repository: &str, chart: &Chart) -> Result<ChartRef, Error> {
    let bad = |source| Error::Name {
        folder: chart.name().to_owned(),
        source,
    };
    Ok(ChartRef {
        repository: Repository::new(repository).map_err(bad)?,
        chart: ChartName::new(chart.name()).map_err(bad)?,
        version: chart.metadata().version.clone(),
    })
}

impl Catalog {
    /// The same with one more chart, in a repository of that name.
    ///
    /// # Errors
    /// [`Error::Name`] when the chart's name cannot be one.
    pub fn with(mut self, repository: &Repository, chart: Chart) -> Result<Self, Error> {
        let reference = reference(repository.as_str(), &chart)?;
        self.held.insert(reference, Arc::new(chart));
        Ok(self)
    }

    /// Lists an uploaded chart.
    pub fn add_upload(&self, upload: Upload) {
        let mut uploads = self.uploads.write().unwrap_or_else(PoisonError::into_inner);
        uploads.insert(upload.chart.clone(), upload);
    }

    /// Lists an uploaded chart no longer; whether it was there.
    pub fn remove_upload(&self, chart: &ChartRef) -> bool {
        let mut uploads = self.uploads.write().unwrap_or_else(PoisonError::into_inner);
        uploads.remove(chart).is_some()
    }

    pub(crate) fn upload(&self, chart: &ChartRef) -> Option<Upload> {
        let uploads = self.uploads.read().unwrap_or_else(PoisonError::into_inner);
        uploads.get(chart).cloned()
    }
}
