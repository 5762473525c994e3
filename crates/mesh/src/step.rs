//! A step of a plan for two clusters: the cluster, the object and the action.
//!
//! A plan is a list of steps that can be shown before it is executed; secret values are redacted in it.
//! Start at [`Step`].

use crate::facts::Owner;
use cluster::ObjectRef;
use serde_json::Value;
use std::fmt;
use wire::job::PhaseName;

/// One of the two clusters of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The cluster with the control plane.
    Primary,
    /// The cluster that the control plane reads.
    Remote,
}

impl Side {
    /// The name of the side.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Remote => "remote",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Why an object is kept when a cluster leaves the mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepReason {
    /// The object belongs to a Helm release: name and namespace.
    OfRelease(String, String),
    /// The control planes with these IDs still use the object.
    LedByOthers(Vec<String>),
    /// The object may have other users.
    Shared,
    /// The object contains the keys of other clusters.
    OtherKeys(Vec<String>),
}

/// The action on an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Creates the object.
    Create,
    /// Takes over an object that another tool created, and adds what is missing.
    Adopt {
        /// The field managers of the object.
        managers: Vec<String>,
        /// The missing parts, a line each; existing parts stay.
        missing: Vec<String>,
    },
    /// Updates an object of the console.
    Update {
        /// The changes, a line each.
        changes: Vec<String>,
    },
    /// Deletes the object and creates it again: it is immutable, or no control plane notices the change.
    Replace {
        /// The changes, a line each.
        changes: Vec<String>,
    },
    /// The object is as wanted.
    Unchanged,
    /// Deletes the object.
    Remove {
        /// The owner of the object.
        owner: Owner,
    },
    /// Removes labels, annotations, keys or subjects; the object stays.
    RemoveLabels {
        /// The removed parts, a line each.
        changes: Vec<String>,
        /// Why the object stays.
        reason: KeepReason,
    },
    /// Keeps the object as it is.
    Keep(KeepReason),
}

impl Action {
    /// Whether the action writes to the cluster.
    pub fn is_change(&self) -> bool {
        !matches!(self, Self::Unchanged | Self::Keep(_))
    }
}

/// A step of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The cluster.
    pub side: Side,
    /// The object.
    pub object: ObjectRef,
    /// The wanted object, with secret values redacted; null for an object that is deleted.
    pub manifest: Value,
    /// The action.
    pub action: Action,
    /// The `resourceVersion` that the plan is based on; none for an object that did not exist.
    pub(crate) resource_version: Option<String>,
}

impl Step {
    /// The phase of a job to which the step belongs.
    pub fn phase(&self) -> PhaseName {
        match (self.side, self.object.kind.as_str()) {
            (Side::Remote, "Secret") => PhaseName::Token,
            (Side::Remote, _) => PhaseName::Reader,
            (Side::Primary, _) => PhaseName::RemoteSecret,
        }
    }
}

/// The placeholder of a secret value in a plan.
pub const REDACTED: &str = "••••";
