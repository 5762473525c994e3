//! One step of what is done to two clusters: on which side, to which object, and what.
//!
//! A plan is a list of these. It can be shown before it is carried out: what a Secret would hold is
//! covered in it. Start at [`Step`].

use crate::facts::Owner;
use cluster::ObjectRef;
use serde_json::Value;
use std::fmt;

/// On which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The cluster whose control plane leads.
    Primary,
    /// The cluster that is led.
    Remote,
}

impl Side {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Remote => "remote",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// Why an object is left as it is when a cluster leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepReason {
    /// A Helm release brought it and takes it away: name and namespace.
    OfRelease(String, String),
    /// Control planes of these names still lead the cluster with it.
    LedByOthers(Vec<String>),
    /// Others may live in it, or use it.
    Shared,
    /// It holds other clusters' keys too.
    OtherKeys(Vec<String>),
}

/// What is done to an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// It is not there and is made.
    Create,
    /// Somebody else made it: it becomes a part of the join, and what is missing is added.
    Adopt {
        /// Who wrote it: the field managers, in the cluster's words.
        managers: Vec<String>,
        /// What it lacks, a line each; what is there stays.
        missing: Vec<String>,
    },
    /// It is ours and changes.
    Update {
        /// What changes, a line each.
        changes: Vec<String>,
    },
    /// It is deleted and made again, since it cannot change or nobody would see the change.
    Replace {
        /// What changes, a line each.
        changes: Vec<String>,
    },
    /// It is as it should be.
    Unchanged,
    /// It is deleted.
    Remove {
        /// Whose it is.
        owner: Owner,
    },
    /// Marks of ours, or a key, are taken off; the object stays.
    RemoveLabels {
        /// What is taken off, a line each.
        changes: Vec<String>,
        /// Why the object stays.
        reason: KeepReason,
    },
    /// It stays as it is.
    Keep(KeepReason),
}

impl Action {
    /// Whether something is written.
    pub fn changes(&self) -> bool {
        !matches!(self, Self::Unchanged | Self::Keep(_))
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// On which side.
    pub side: Side,
    /// The object.
    pub object: ObjectRef,
    /// As it is to be; what is secret is covered. Null for what goes.
    pub manifest: Value,
    /// What is done.
    pub action: Action,
    /// Its `resourceVersion` when it was looked at; none when it was not there.
    pub(crate) seen: Option<String>,
}

/// What stands for a secret in a plan.
pub const COVERED: &str = "••••";
