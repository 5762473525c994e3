//! Why a chart could not be had.

use wire::{ChartName, ChartRef, Repository};

/// Why a chart could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such version of it.
    #[error("there is no chart {chart}")]
    NotFound {
        /// What was asked for.
        chart: Box<ChartRef>,
    },
    /// No such chart at all.
    #[error("repository {repository} has no chart {chart}")]
    Unknown {
        /// Where it was looked for.
        repository: Repository,
        /// What was asked for.
        chart: ChartName,
    },
    /// A chart cannot be read.
    #[error("chart {folder} cannot be read")]
    Chart {
        /// Its folder.
        folder: String,
        /// Why.
        #[source]
        source: Box<chart::Error>,
    },
    /// A name that cannot be one.
    #[error("chart {folder} has a name that cannot be one")]
    Name {
        /// Its folder.
        folder: String,
        /// Why.
        #[source]
        source: wire::BadName,
    },
}
