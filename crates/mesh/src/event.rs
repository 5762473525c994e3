//! What is told while two clusters are joined, rotated or parted: each step as it begins and ends, and
//! what is waited for. Nothing secret is in it.

use crate::step::Side;
use cluster::ObjectRef;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The cluster fills the token Secret.
    Token,
    /// The remote knows the token.
    TokenAccepted,
    /// The remote knows a deleted token no more.
    TokenRevoked,
    /// The control plane has taken the remote up.
    Synced,
    /// The object is gone.
    Deleted,
}

/// What was done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Created,
    /// It became a part of the join.
    Adopted,
    /// It was changed.
    Updated,
    /// It was deleted and made again.
    Replaced,
    /// Nothing had to be done.
    Unchanged,
    /// It was deleted.
    Removed,
    /// Our marks were taken off.
    LabelsRemoved,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step begins; counted from 0.
    Begins {
        /// Which step of the plan.
        step: usize,
        /// On which side.
        side: Side,
        /// The object.
        object: ObjectRef,
    },
    /// A step is done.
    Done {
        /// Which step of the plan.
        step: usize,
        /// On which side.
        side: Side,
        /// The object.
        object: ObjectRef,
        /// What was done.
        outcome: Outcome,
    },
    /// Something is waited for, within a bound.
    Waits {
        /// On which side.
        side: Side,
        /// About which object.
        object: ObjectRef,
        /// For what.
        awaited: Awaited,
    },
}
