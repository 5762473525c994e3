//! Repositories of charts: how one is added, what a probe saw, how each stands.

use crate::{Problem, Repository, Secret};
use serde::{Deserialize, Serialize};

/// Describes a repository, to be looked at or added.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RepositoryRequest {
    /// The name that it gets here.
    pub name: String,
    /// Where it is: `https://…`, `http://…` or `oci://…`.
    pub url: String,
    /// How to log in.
    pub login: LoginRequest,
    /// The authority that its certificate must come from, as PEM; "" for the usual ones.
    pub authority: String,
    /// Whether this registry speaks plain HTTP.
    pub plain: bool,
    /// Whether each of its charts must come with a provenance file.
    pub provenance: bool,
}

/// How to log in at a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoginRequest {
    /// Not at all.
    #[default]
    Nobody,
    /// By user and password.
    Password {
        /// The user's name.
        user: String,
        /// The password.
        password: Secret<String>,
    },
    /// By a token.
    Token(Secret<String>),
}

/// What a look at a repository saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeView {
    /// Each stage of the way, in order.
    pub stages: Vec<StageView>,
    /// What is there; none when a stage failed.
    pub seen: Option<ClusterSyncView>,
    /// Why a stage failed.
    pub problem: Option<Problem>,
}

/// What is in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSyncView {
    /// Charts.
    pub charts: u32,
    /// Versions of all of them.
    pub versions: u32,
    /// Entries that were passed over.
    pub passed_over: u32,
}

/// One stage of the way to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageView {
    /// Which one.
    pub stage: StageCode,
    /// How it ended.
    pub state: StageState,
}

/// Which stage it is; the page words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageCode {
    /// The host's name is resolved.
    Name,
    /// Something listens there.
    Connection,
    /// Its certificate is trusted.
    Certificate,
    /// It answers as a repository does.
    Answer,
    /// The login is accepted.
    Login,
    /// Its charts can be read.
    Index,
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StageState {
    /// It is behind us.
    Passed,
    /// It ended here.
    Failed,
    /// It was not come to.
    NotReached,
}

/// What sort of repository it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RepositoryKind {
    /// Part of the program.
    BuiltIn,
    /// Charts that were uploaded.
    Uploaded,
    /// An index and archives over HTTP.
    Http,
    /// An OCI registry.
    Oci,
}

/// One repository, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryView {
    /// Its name.
    pub name: Repository,
    /// What sort it is.
    pub kind: RepositoryKind,
    /// Where it is; "" for what is here.
    pub url: String,
    /// How the console logs in, without what is secret.
    pub login: LoginView,
    /// Whether its certificate must come from an authority of its own.
    pub authority: bool,
    /// Whether each of its charts must come with a provenance file.
    pub provenance: bool,
    /// What it offers; none when it could never be read.
    pub seen: Option<ClusterSyncView>,
    /// How many seconds ago that was read; none for what is here.
    pub age: Option<u64>,
    /// What the last attempt to read it met, when it failed.
    pub problem: Option<Problem>,
}

/// How the console logs in at a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoginView {
    /// Not at all.
    Nobody,
    /// By the password of this user.
    Password(String),
    /// By a token.
    Token,
}

/// A chart that somebody uploads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UploadRequest {
    /// The file's name.
    pub file: String,
    /// The archive, in Base64.
    pub archive: String,
}

/// The largest archive that can be uploaded, in bytes.
pub const MOST_UPLOAD: u32 = 8 << 20;
