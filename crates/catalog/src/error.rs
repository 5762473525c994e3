//! Why a chart or a repository could not be had.

use crate::{Digest, fault::Fault, index::BadIndex, provenance::BadProvenance};
use wire::{ChartName, ChartRef, Repository};

/// Why a chart or a repository could not be had.
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
    /// No such repository here.
    #[error("there is no repository {0}")]
    NoRepository(Repository),
    /// A chart cannot be read.
    #[error("chart {folder} cannot be read")]
    Chart {
        /// Its folder, its archive or its reference.
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
    /// Something could not be fetched.
    #[error("could not fetch {url}")]
    Fetch {
        /// Where from, without its query.
        url: String,
        /// Why.
        #[source]
        source: Fault,
    },
    /// What stands there is no index.
    #[error("{url} is not an index of charts")]
    Index {
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: BadIndex,
    },
    /// What a registry has there is no Helm chart.
    #[error("{reference} is not a Helm chart: {found}")]
    NotAChart {
        /// The registry's reference.
        reference: String,
        /// What it is.
        found: String,
    },
    /// A registry that lists nothing below a path.
    #[error("{address} is no chart, and the registry does not list what is below it")]
    NoListing {
        /// The address.
        address: String,
    },
    /// A chart that is listed without a place to fetch it from.
    #[error("chart {chart} has no downloadable URLs")]
    NoUrl {
        /// Which one.
        chart: Box<ChartRef>,
    },
    /// The bytes are not those that were announced.
    #[error("{what} has the digest {found} and not {expected}")]
    Digest {
        /// What was fetched.
        what: String,
        /// The digest that was announced.
        expected: Digest,
        /// The digest it has.
        found: Digest,
    },
    /// Its repository has other bytes for it now, and the old ones are not kept.
    #[error("the repository has another {chart} now than before")]
    Changed {
        /// Which one.
        chart: Box<ChartRef>,
    },
    /// The archive holds another chart than the one that was asked for.
    #[error("the archive of {chart} holds {found}")]
    Another {
        /// What was asked for.
        chart: Box<ChartRef>,
        /// Name and version inside.
        found: String,
    },
    /// The provenance file does not vouch for the archive.
    #[error("chart {chart} is not vouched for")]
    Provenance {
        /// Which one.
        chart: Box<ChartRef>,
        /// Why.
        #[source]
        source: BadProvenance,
    },
    /// A chart that the chart needs could not be had.
    #[error("chart {chart} needs {dependency}, which could not be had: {reason}")]
    Dependency {
        /// The chart.
        chart: String,
        /// What it needs: name and versions.
        dependency: String,
        /// Why not.
        reason: Missing,
        /// What was met, when there is more to say.
        #[source]
        source: Option<std::sync::Arc<Error>>,
    },
    /// Chart.lock was written for other dependencies.
    #[error("Chart.lock of {chart} is out of sync with the dependencies of Chart.yaml")]
    Lock {
        /// The chart.
        chart: String,
    },
}

/// Why a chart that another needs could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// It is not below charts/, and no repository is named for it.
    #[error("it is not in charts/, and names no repository")]
    NoRepository,
    /// The repository's address cannot be one.
    #[error("its repository {0} cannot be one")]
    BadRepository(String),
    /// A repository is named by a name that is not known here.
    #[error("there is no repository {0} here")]
    UnknownName(String),
    /// The versions asked for cannot be read.
    #[error("its version {0:?} is no constraint")]
    BadConstraint(String),
    /// No version fits.
    #[error("{repository} has no version of it that fits {wanted}")]
    NoVersion {
        /// Where it was looked for.
        repository: String,
        /// The versions asked for.
        wanted: String,
    },
    /// A folder outside of the archive, or none.
    #[error("{0} is no folder of a chart in this archive")]
    NoFolder(String),
    /// Its repository or its archive could not be read.
    #[error("its repository did not give it")]
    NotGiven,
}

impl Error {
    /// Whether trying again later may help.
    pub fn passes(&self) -> bool {
        match self {
            Self::Fetch { source, .. } => source.passes(),
            Self::Dependency { source, .. } => {
                source.as_ref().is_some_and(|source| source.passes())
            }
            _ => false,
        }
    }
}
