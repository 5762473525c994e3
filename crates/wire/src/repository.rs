//! Chart repositories: the requests to add and test one, and their state.

use crate::{Problem, Repository, Secret, Time};
use serde::{Deserialize, Serialize};

/// The configuration of a repository to test or to add.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RepositoryRequest {
    /// The name of the repository in this console.
    pub name: String,
    /// The address: `https://…`, `http://…` or `oci://…`.
    pub url: String,
    /// The credentials.
    pub credentials: CredentialsRequest,
    /// The CA certificates that verify the server, as PEM; "" for those of the system.
    pub ca_bundle: String,
    /// Whether the registry uses plain HTTP.
    pub plain: bool,
    /// Whether each of its charts needs a provenance file.
    pub provenance: bool,
}

/// The credentials of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CredentialsRequest {
    /// No credentials.
    #[default]
    Anonymous,
    /// User and password.
    Password {
        /// The user name.
        user: String,
        /// The password.
        password: Secret<String>,
    },
    /// A token.
    Token(Secret<String>),
}

/// The result of a connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeView {
    /// The stages, in order.
    pub stages: Vec<StageView>,
    /// The counts of the index; none when a stage failed.
    pub seen: Option<IndexSummaryView>,
    /// The problem of the failed stage.
    pub problem: Option<Problem>,
}

/// An entry of an index that is skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedEntry {
    /// The chart, as the repository writes it; 120 characters at most.
    pub chart: String,
    /// The version, as the repository writes it; "" where it has none; 120 characters at most.
    pub version: String,
    /// Why it is skipped.
    pub reason: SkippedEntryReason,
}

/// Why an entry of an index is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkippedEntryReason {
    /// The chart has a name that Helm does not accept.
    ChartName,
    /// The entry has no content.
    Empty,
    /// The entry names another chart than the list it is in.
    OtherName,
    /// The version is no semantic version; of a registry, no tag is one.
    Version,
    /// The type is neither application nor library.
    ChartType,
    /// The digest is no SHA-256.
    Digest,
    /// The artifact is no chart, such as an image.
    NotAChart,
    /// The registry has more charts than are listed.
    TooMany,
}

/// The counts of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSummaryView {
    /// The number of charts.
    pub charts: u32,
    /// The number of versions of all charts.
    pub versions: u32,
    /// The number of skipped entries.
    pub skipped: u32,
    /// The first skipped entries, 100 at most.
    pub skipped_entries: Vec<SkippedEntry>,
}

/// One stage of a connection test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageView {
    /// The stage.
    pub stage: StageCode,
    /// Its state.
    pub state: StageState,
}

/// The stage of a connection test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageCode {
    /// The host name is resolved.
    NameResolution,
    /// The connection is established.
    Connection,
    /// The certificate is verified.
    Certificate,
    /// The response is that of a repository.
    Response,
    /// The credentials are accepted.
    Credentials,
    /// The index is read.
    Index,
}

/// The state of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StageState {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// An earlier stage failed.
    NotReached,
}

/// The kind of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RepositoryKind {
    /// Built-in charts.
    BuiltIn,
    /// Uploaded charts.
    Uploaded,
    /// An HTTP repository.
    Http,
    /// An OCI registry.
    Oci,
}

/// The state of one repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryView {
    /// The name.
    pub name: Repository,
    /// The kind.
    pub kind: RepositoryKind,
    /// The address; "" for local charts.
    pub url: String,
    /// The credentials, without secrets.
    pub credentials: CredentialsView,
    /// Whether it has a CA bundle of its own.
    pub ca_bundle: bool,
    /// Whether each of its charts needs a provenance file.
    pub provenance: bool,
    /// The counts of the index; none when it was never read.
    pub seen: Option<IndexSummaryView>,
    /// When the index was read; none for local charts.
    pub synced: Option<Time>,
    /// The problem of the last read, if it failed.
    pub problem: Option<Problem>,
}

/// The credentials of a repository, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CredentialsView {
    /// No credentials.
    Anonymous,
    /// The password of this user.
    Password(String),
    /// A token.
    Token,
}

/// A chart to upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UploadRequest {
    /// The name of the file.
    pub file: String,
    /// The archive, in Base64.
    pub archive: String,
}

/// The size limit of an uploaded archive, in bytes.
pub const MAX_UPLOAD_BYTES: u32 = 8 << 20;
