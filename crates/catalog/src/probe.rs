//! The connection test of a repository before it is added, stage by stage.

use crate::{
    Address, Catalog, Credentials, Error, RepositoryConfig, fetch_error::FetchError,
    remote::Remote, resolver::AllowedHosts, skipped::SkippedEntries,
};

/// A stage of the connection test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The host name is resolved, and its address is allowed.
    NameResolution,
    /// The connection is established.
    Connection,
    /// The certificate is verified.
    Certificate,
    /// The response is that of a repository.
    Response,
    /// The credentials are accepted.
    Credentials,
    /// The index, or the list of the registry, is read.
    Index,
}

/// The result of a connection test.
#[derive(Debug)]
pub struct Probe {
    /// The stages that apply, in order.
    pub stages: Vec<Stage>,
    /// The index, or the stage that failed and its error.
    pub outcome: Result<IndexSummary, (Stage, Error)>,
}

/// The counts of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexSummary {
    /// The number of charts.
    pub charts: usize,
    /// The number of versions of all charts.
    pub versions: usize,
    /// The skipped entries.
    pub skipped: SkippedEntries,
}

impl Catalog {
    /// Tests the connection to a repository; nothing is stored.
    pub async fn probe(&self, config: &RepositoryConfig) -> Probe {
        let stages = stages(config);
        let hosts = AllowedHosts::Operator(self.setup.addresses);
        let outcome = match Remote::new(config.clone(), hosts, self.network()) {
            Ok(remote) => remote.read(None, self.now()).await,
            Err(error) => Err(error),
        };
        let outcome = outcome.map(|read| IndexSummary {
            charts: read.index.charts.len(),
            versions: read.index.versions(),
            skipped: read.index.skipped.clone(),
        });
        Probe {
            outcome: outcome.map_err(|error| (stage_of(&error), error)),
            stages,
        }
    }
}

fn stages(config: &RepositoryConfig) -> Vec<Stage> {
    let secure = config.address.origin().scheme() == "https";
    let has_credentials = config.credentials != Credentials::Anonymous;
    let stages = [
        (Stage::NameResolution, true),
        (Stage::Connection, true),
        (Stage::Certificate, secure),
        (Stage::Response, true),
        (Stage::Credentials, has_credentials),
        (Stage::Index, true),
    ];
    stages
        .into_iter()
        .filter(|(_, applies)| *applies)
        .map(|(stage, _)| stage)
        .collect()
}

/// The stage that an error belongs to.
fn stage_of(error: &Error) -> Stage {
    let Error::Fetch { source, .. } = error else {
        return Stage::Index;
    };
    match source {
        FetchError::Address(_) | FetchError::NameResolution { .. } => Stage::NameResolution,
        FetchError::Connection(_) | FetchError::Request(_) => Stage::Connection,
        FetchError::Tls(_) | FetchError::CaBundle => Stage::Certificate,
        FetchError::CredentialsRejected { .. }
        | FetchError::InsecureCredentials
        | FetchError::CrossOriginRealm { .. } => Stage::Credentials,
        FetchError::TimedOut(_)
        | FetchError::Interrupted(_)
        | FetchError::Status { .. }
        | FetchError::CrossOriginRedirect { .. }
        | FetchError::TooManyRedirects => Stage::Response,
        FetchError::TooLarge { .. } => Stage::Index,
    }
}

impl Address {
    /// Whether it is the address of a registry.
    pub fn is_registry(&self) -> bool {
        matches!(self, Self::Oci { .. })
    }
}
