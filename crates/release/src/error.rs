//! Why a release could not be carried out.

use cluster::ObjectRef;
use std::{fmt, time::Duration};
use wire::{Namespace, ReleaseName};

/// Whose an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Another release of Helm's.
    Release {
        /// Its name.
        name: String,
        /// Its namespace.
        namespace: String,
    },
    /// A field manager, such as `kubectl`; no release.
    FieldManager(String),
    /// Nobody left a name.
    Unknown,
}

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release { name, namespace } => {
                write!(out, "release {name} of namespace {namespace}")
            }
            Self::FieldManager(name) => write!(out, "whoever writes as {name}"),
            Self::Unknown => out.write_str("nobody who left a name"),
        }
    }
}

/// Why a release could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The cluster did not do what it was asked.
    #[error("the cluster did not carry it out")]
    Cluster(#[from] cluster::Error),
    /// The chart does not render.
    #[error("the chart does not render")]
    Render(#[from] chart::Error),
    /// There is a release of that name.
    #[error(
        "cannot re-use a name that is still in use: release {release} is in namespace {namespace}"
    )]
    Exists {
        /// Its name.
        release: ReleaseName,
        /// Its namespace.
        namespace: Namespace,
    },
    /// There is none of that name.
    #[error("release {release}: not found in namespace {namespace}")]
    NotFound {
        /// Its name.
        release: ReleaseName,
        /// Its namespace.
        namespace: Namespace,
    },
    /// Another operation on the release was begun and is not over.
    #[error(
        "another operation (install/upgrade/rollback) is in progress: release {release} is {state}"
    )]
    OperationPending {
        /// Its name.
        release: ReleaseName,
        /// Its state, in Helm's word.
        state: &'static str,
    },
    /// An object is there already and belongs to somebody else.
    #[error("{object} exists and belongs to {owner}, not to release {release}")]
    OwnedByOther {
        /// Which object.
        object: ObjectRef,
        /// Whose it is.
        owner: Owner,
        /// The release that wanted it.
        release: ReleaseName,
    },
    /// The namespace is being deleted.
    #[error("namespace {namespace} is being deleted")]
    Terminating {
        /// Which namespace.
        namespace: Namespace,
        /// What still holds it.
        held_by: Vec<String>,
    },
    /// An object without name or kind.
    #[error("{template} renders something that is no object")]
    InvalidObject {
        /// The template.
        template: String,
        /// What is missing.
        #[source]
        source: cluster::Error,
    },
    /// A hook failed.
    #[error("hook {hook} failed: {reason}")]
    Hook {
        /// Its object.
        hook: ObjectRef,
        /// Why.
        reason: String,
    },
    /// The objects did not become ready.
    #[error("{} of {all} objects are not ready after {} s", missing.len(), waited.as_secs())]
    NotReady {
        /// How long we waited.
        waited: Duration,
        /// What is not ready, and why.
        missing: Vec<(ObjectRef, String)>,
        /// How many there are.
        all: usize,
    },
    /// The record is bigger than a Secret may be.
    #[error("the release's record has {size} bytes, a Secret holds at most {max}")]
    RecordTooLarge {
        /// Bytes it has.
        size: usize,
        /// Bytes it may have.
        max: usize,
    },
    /// A stored record cannot be read.
    #[error("the record {secret} cannot be read: {reason}")]
    Record {
        /// The Secret.
        secret: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Somebody asked for the end.
    #[error("stopped")]
    Cancelled,
}

impl Error {
    /// The whole chain of causes, as Helm writes it into a record.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }

    /// What a wait met, told as ours.
    pub(crate) fn from_wait(error: cluster::Error) -> Self {
        match error {
            cluster::Error::NotReady {
                waited,
                missing,
                all,
                ..
            } => Self::NotReady {
                waited,
                missing,
                all,
            },
            cluster::Error::Cancelled => Self::Cancelled,
            other => Self::Cluster(other),
        }
    }
}
