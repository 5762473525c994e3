//! The errors of the catalog.

use crate::{
    BadAddress, Digest, fetch_error::FetchError, index_yaml::BadIndex,
    provenance::ProvenanceMismatch,
};
use wire::{ChartName, ChartRef, Repository};

/// The error of a catalog operation.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The chart does not have this version.
    #[error("there is no chart {chart}")]
    NotFound {
        /// The requested chart.
        chart: Box<ChartRef>,
    },
    /// The repository does not have this chart.
    #[error("repository {repository} has no chart {chart}")]
    Unknown {
        /// The repository.
        repository: Repository,
        /// The requested chart.
        chart: ChartName,
    },
    /// The repository is not configured here.
    #[error("there is no repository {0}")]
    NoRepository(Repository),
    /// The index of a repository was never read.
    #[error("repository {repository} could not be read")]
    Unread {
        /// The repository.
        repository: Repository,
        /// The error of the last read.
        #[source]
        source: std::sync::Arc<Error>,
    },
    /// A chart cannot be read.
    #[error("chart {folder} cannot be read")]
    Chart {
        /// Its directory, its archive or its reference.
        folder: String,
        /// The cause.
        #[source]
        source: Box<chart::Error>,
    },
    /// The name of a chart is invalid.
    #[error("the name of chart {folder} is invalid")]
    Name {
        /// Its directory.
        folder: String,
        /// The cause.
        #[source]
        source: wire::BadName,
    },
    /// A request failed.
    #[error("could not fetch {url}")]
    Fetch {
        /// The URL, without its query.
        url: String,
        /// The cause.
        #[source]
        source: FetchError,
    },
    /// The content is not an index.
    #[error("{url} is not a chart index")]
    Index {
        /// The URL.
        url: String,
        /// The cause.
        #[source]
        source: BadIndex,
    },
    /// The artifact in a registry is not a Helm chart.
    #[error("{reference} is not a Helm chart: {found}")]
    NotAChart {
        /// The reference in the registry.
        reference: String,
        /// The media type or the defect of the artifact.
        found: String,
    },
    /// The registry does not list the charts below a path.
    #[error("{address} is not a chart, and the registry does not list charts below it")]
    NoListing {
        /// The address.
        address: String,
    },
    /// The charts of this version of Istio are not known here.
    #[error("the charts of Istio {version} are not known, only those of {known}")]
    UnknownIstio {
        /// The version.
        version: String,
        /// The known minor versions.
        known: String,
    },
    /// No repository has Istio's charts, and they are not uploaded.
    #[error("the charts of Istio {version} are neither uploaded nor in a configured repository")]
    NoIstioCharts {
        /// The version.
        version: String,
        /// The archives that can be uploaded instead.
        files: String,
    },
    /// The index entry of a chart has no URL.
    #[error("chart {chart} has no downloadable URLs")]
    NoUrl {
        /// The chart.
        chart: Box<ChartRef>,
    },
    /// The index entry of a chart names an archive in a registry by an invalid address.
    #[error("the archive of chart {chart} has an invalid address")]
    ArchiveAddress {
        /// The chart.
        chart: Box<ChartRef>,
        /// Why it is invalid.
        #[source]
        reason: BadAddress,
    },
    /// The content has another digest than announced.
    #[error("{content} has the digest {found}, expected {expected}")]
    Digest {
        /// The URL or the chart.
        content: String,
        /// The digest that was announced.
        expected: Digest,
        /// The digest of the content.
        found: Digest,
    },
    /// The archive in the repository has changed, and the previous one is not cached.
    #[error("the archive of {chart} has changed in the repository")]
    Changed {
        /// The chart.
        chart: Box<ChartRef>,
    },
    /// The archive contains another chart than requested.
    #[error("the archive of {chart} contains {found}")]
    ChartMismatch {
        /// The requested chart.
        chart: Box<ChartRef>,
        /// The name and version in the archive.
        found: String,
    },
    /// The provenance file does not match the archive.
    #[error("the provenance of chart {chart} could not be verified")]
    Provenance {
        /// The chart.
        chart: Box<ChartRef>,
        /// The cause.
        #[source]
        source: ProvenanceMismatch,
    },
    /// A dependency of a chart is missing.
    #[error("dependency {dependency} of chart {chart} is missing: {reason}")]
    Dependency {
        /// The chart.
        chart: String,
        /// The name and version of the dependency.
        dependency: String,
        /// The reason.
        reason: Missing,
        /// The cause, if there is one.
        #[source]
        source: Option<std::sync::Arc<Error>>,
    },
    /// Chart.lock is out of sync with the dependencies.
    #[error("Chart.lock of {chart} is out of sync with the dependencies of Chart.yaml")]
    Lock {
        /// The chart.
        chart: String,
    },
}

/// The reason why a dependency is missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// It is not in charts/ and has no repository.
    #[error("it is not in charts/ and has no repository")]
    NoRepository,
    /// The address of its repository is invalid.
    #[error("the address of its repository is invalid: {0}")]
    BadRepository(String),
    /// It names a repository that is not configured here.
    #[error("repository {0} is not configured here")]
    UnknownName(String),
    /// Its version constraint is invalid.
    #[error("its version {0:?} is not a valid constraint")]
    BadConstraint(String),
    /// No version matches the constraint.
    #[error("{repository} has no version that matches {constraint}")]
    NoVersion {
        /// The repository.
        repository: String,
        /// The version constraint.
        constraint: String,
    },
    /// The directory is outside of the archive or has no chart.
    #[error("{0} is not a chart directory in this archive")]
    NoFolder(String),
    /// Its repository or its archive could not be fetched.
    #[error("it could not be fetched from its repository")]
    FetchFailed,
}

impl Error {
    /// Whether a later attempt may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Fetch { source, .. } => source.is_transient(),
            Self::Unread { source, .. } => source.is_transient(),
            Self::Dependency { source, .. } => {
                source.as_ref().is_some_and(|source| source.is_transient())
            }
            _ => false,
        }
    }
}
