//! The errors of operations on releases.

use crate::{DeletionError, LeaseHolder, MissingKind};
use cluster::{ObjectRef, StuckObject, describe_stuck};
use jiff::Timestamp;
use std::{fmt, time::Duration};
use wire::{Namespace, ReleaseName};

/// The owner of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Another Helm release.
    Release {
        /// Its name.
        name: String,
        /// Its namespace.
        namespace: String,
    },
    /// A join of a mesh. A release that renders the object adopts it.
    Join,
    /// A field manager, such as `kubectl`, without a release.
    FieldManager(String),
    /// No owner is known.
    Unknown,
}

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release { name, namespace } => {
                write!(out, "release {name} of namespace {namespace}")
            }
            Self::Join => out.write_str("the join of a mesh"),
            Self::FieldManager(name) => write!(out, "field manager {name}"),
            Self::Unknown => out.write_str("an unknown owner"),
        }
    }
}

/// The errors of operations on releases.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A request to the cluster failed.
    #[error("a request to the cluster failed")]
    Cluster(#[from] cluster::Error),
    /// The API server finds fields of an object invalid.
    #[error("{object} is invalid")]
    Invalid {
        /// Which object.
        object: ObjectRef,
        /// The template and the line of the first invalid field.
        origin: Option<(String, usize)>,
        /// The invalid fields.
        #[source]
        source: Box<cluster::Error>,
    },
    /// The chart does not render.
    #[error("the chart does not render")]
    Render(#[from] chart::Error),
    /// A release of that name exists.
    #[error(
        "cannot re-use a name that is still in use: release {release} is in namespace {namespace}"
    )]
    Exists {
        /// Its name.
        release: ReleaseName,
        /// Its namespace.
        namespace: Namespace,
    },
    /// No release of that name exists.
    #[error("release {release}: not found in namespace {namespace}")]
    NotFound {
        /// Its name.
        release: ReleaseName,
        /// Its namespace.
        namespace: Namespace,
    },
    /// Another operation on the release is pending.
    #[error(
        "another operation (install/upgrade/rollback) is in progress: release {release} is {state}"
    )]
    OperationPending {
        /// Its name.
        release: ReleaseName,
        /// Its state, as Helm names it.
        state: &'static str,
    },
    /// No operation on the release is pending.
    #[error("release {release} is {state}: no operation is pending")]
    NotPending {
        /// Its name.
        release: ReleaseName,
        /// Its state, as Helm names it.
        state: &'static str,
    },
    /// The release has another newest revision than the one that the operation was planned for.
    #[error(
        "release {release} was changed by another operation: revision {revision} is not its newest one any more"
    )]
    Changed {
        /// Its name.
        release: ReleaseName,
        /// The newest revision when the operation was planned.
        revision: u32,
    },
    /// Another operation changed the state of the revision, or deleted its record.
    #[error("{record} is {state} now: another operation works on the release")]
    StateChanged {
        /// The record.
        record: ObjectRef,
        /// Its state, as Helm names it, or `deleted`.
        state: String,
    },
    /// A job of another console works on the release.
    #[error("{lease} of release {release} is held by {holder}")]
    LeaseHeld {
        /// The release.
        release: ReleaseName,
        /// Its Lease.
        lease: ObjectRef,
        /// Its holder.
        holder: LeaseHolder,
        /// When the holder took it, by the clock of the holder; none when it was given up since.
        since: Option<Timestamp>,
        /// How long after its last renewal it expires.
        duration: Duration,
    },
    /// A job of another console took over while this one could not renew its Lease.
    #[error("{lease} of release {release} was taken over by {holder}")]
    LeaseLost {
        /// The release.
        release: ReleaseName,
        /// Its Lease.
        lease: ObjectRef,
        /// Its new holder.
        holder: LeaseHolder,
    },
    /// The history of the release does not have an earlier revision of that number.
    #[error("release {release} has no earlier revision {revision}")]
    NoRevision {
        /// Its name.
        release: ReleaseName,
        /// The revision.
        revision: u32,
    },
    /// An object exists and has another owner.
    #[error("{object} exists and is managed by {owner}, not by release {release}")]
    OwnedByOther {
        /// Which object.
        object: ObjectRef,
        /// Its owner.
        owner: Owner,
        /// The release that renders it.
        release: ReleaseName,
    },
    /// The cluster does not serve kinds that the release needs, and the release does not define them.
    #[error("the cluster does not serve {}", kinds(missing))]
    KindsNotServed {
        /// These kinds; there is at least one.
        missing: Vec<MissingKind>,
    },
    /// An object is rendered twice.
    #[error("{object} is rendered twice, by {} and by {}", templates[0], templates[1])]
    Duplicate {
        /// Which object.
        object: ObjectRef,
        /// The templates; both are the same when one template renders it twice.
        templates: [String; 2],
    },
    /// The namespace is being deleted.
    #[error("namespace {namespace} is being deleted")]
    Terminating {
        /// Which namespace.
        namespace: Namespace,
        /// What prevents its deletion.
        held_by: Vec<String>,
    },
    /// A template renders an object without name or kind.
    #[error("{template} renders an invalid object")]
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
        /// How long the objects were waited for.
        waited: Duration,
        /// The objects that are not ready, and why.
        missing: Vec<(ObjectRef, String)>,
        /// The number of all objects.
        all: usize,
    },
    /// The release record is larger than a Secret may be.
    #[error("the release record has {size} bytes, the maximum for a Secret is {max}")]
    RecordTooLarge {
        /// Its size in bytes.
        size: usize,
        /// The maximum in bytes.
        max: usize,
    },
    /// A stored release record is invalid.
    #[error("the record {secret} cannot be read: {reason}")]
    Record {
        /// The Secret.
        secret: String,
        /// Why it is invalid.
        reason: String,
    },
    /// Deleted objects still exist after the timeout.
    #[error("{} objects still exist after {} s: {}", stuck.len(), waited.as_secs(), describe_stuck(stuck))]
    DeletionStuck {
        /// The objects, with the reason of each.
        stuck: Vec<StuckObject>,
        /// The timeout.
        waited: Duration,
    },
    /// The custom resources of a CRD cannot be read, so they can be neither counted nor backed up.
    #[error("the custom resources of {crd} cannot be read: {reason}")]
    CrdUnreadable {
        /// The CRD.
        crd: String,
        /// Why.
        reason: String,
    },
    /// A custom resource was created after the backup of those of its CRD, so the CRD is not deleted.
    #[error("{object} was created after the backup")]
    CreatedAfterBackup {
        /// The custom resource.
        object: ObjectRef,
    },
    /// The backup exceeds the size limit.
    #[error("the backup has more than {limit} bytes")]
    BackupTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The operation was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl From<DeletionError> for Error {
    fn from(error: DeletionError) -> Self {
        match error {
            DeletionError::Cluster(error) => Self::Cluster(error),
            DeletionError::Stuck { stuck, waited } => Self::DeletionStuck { stuck, waited },
            DeletionError::Cancelled => Self::Cancelled,
        }
    }
}

/// `Gateway of networking.istio.io/v1 (for Gateway shop/web)`, comma separated.
fn kinds(missing: &[MissingKind]) -> String {
    let kinds: Vec<String> = missing.iter().map(ToString::to_string).collect();
    kinds.join(", ")
}

impl Error {
    /// The error of a wait as an error of this crate.
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
