//! Where charts come from: today the repository `built-in`, embedded in the binary.
//!
//! A chart is named by a [`wire::ChartRef`] and comes out as a [`chart::Chart`]. Start at [`Catalog`].

mod builtin;
mod error;

pub use builtin::BUILT_IN;
pub use error::Error;

use chart::Chart;
use std::{collections::BTreeMap, sync::Arc};
use wire::{ChartName, ChartRef, Repository};

/// All charts that can be installed.
pub struct Catalog {
    charts: BTreeMap<ChartRef, Arc<Chart>>,
}

impl Catalog {
    /// The catalog of the built-in repository alone.
    ///
    /// # Errors
    /// [`Error::Chart`] when an embedded chart cannot be read.
    pub fn built_in() -> Result<Self, Error> {
        Ok(Self {
            charts: builtin::charts()?,
        })
    }

    /// The same with one more chart, in a repository of that name.
    ///
    /// # Errors
    /// [`Error::Name`] when the chart's name cannot be one.
    pub fn with(mut self, repository: &Repository, chart: Chart) -> Result<Self, Error> {
        let name = ChartName::new(chart.name()).map_err(|source| Error::Name {
            folder: chart.name().to_owned(),
            source,
        })?;
        let reference = ChartRef {
            repository: repository.clone(),
            chart: name,
            version: chart.metadata().version.clone(),
        };
        self.charts.insert(reference, Arc::new(chart));
        Ok(self)
    }

    /// Each chart of each repository with its versions, newest first.
    pub fn list(&self) -> Vec<(Repository, ChartName, Vec<Arc<Chart>>)> {
        let mut found: BTreeMap<(Repository, ChartName), Vec<Arc<Chart>>> = BTreeMap::new();
        for (reference, chart) in &self.charts {
            let key = (reference.repository.clone(), reference.chart.clone());
            found.entry(key).or_default().push(chart.clone());
        }
        let newest_first = |versions: &mut Vec<Arc<Chart>>| {
            versions
                .sort_by(|one, other| order(&other.metadata().version, &one.metadata().version));
        };
        let rows = found
            .into_iter()
            .map(|((repository, chart), mut versions)| {
                newest_first(&mut versions);
                (repository, chart, versions)
            });
        rows.collect()
    }

    /// One chart.
    ///
    /// # Errors
    /// [`Error::NotFound`] naming it.
    pub fn chart(&self, reference: &ChartRef) -> Result<Arc<Chart>, Error> {
        let found = self.charts.get(reference).cloned();
        found.ok_or_else(|| Error::NotFound {
            chart: Box::new(reference.clone()),
        })
    }

    /// The newest version of a chart.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no version of it.
    pub fn newest(&self, repository: &Repository, chart: &ChartName) -> Result<ChartRef, Error> {
        let mine = self
            .charts
            .keys()
            .filter(|r| r.repository == *repository && r.chart == *chart);
        let newest = mine
            .max_by(|one, other| order(&one.version, &other.version))
            .cloned();
        newest.ok_or_else(|| Error::Unknown {
            repository: repository.clone(),
            chart: chart.clone(),
        })
    }
}

/// The order of two versions; one that is no semantic version comes first.
fn order(one: &str, other: &str) -> std::cmp::Ordering {
    let parse = |text: &str| semver::Version::parse(text.trim_start_matches('v')).ok();
    parse(one).cmp(&parse(other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests;
