//! The events of a join, a rotation or a leave: each step as it starts and ends, and what it waits for.
//! No event contains a secret.

use crate::step::Side;
use cluster::ObjectRef;

/// A condition for which a plan waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The cluster writes the token into its Secret.
    Token,
    /// The remote accepts the token.
    TokenAccepted,
    /// The remote rejects a deleted token.
    TokenRevoked,
    /// The control plane syncs the remote.
    Synced,
    /// The object is deleted.
    Deleted,
}

/// The outcome of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The object was created.
    Created,
    /// The object became part of the join.
    Adopted,
    /// The object was updated.
    Updated,
    /// The object was deleted and created again.
    Replaced,
    /// The object did not change.
    Unchanged,
    /// The object was deleted.
    Removed,
    /// Labels, annotations or keys of the object were removed.
    LabelsRemoved,
}

/// An event of a plan that is executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step starts.
    Started {
        /// The number of the step, from 0.
        step: usize,
        /// The cluster.
        side: Side,
        /// The object.
        object: ObjectRef,
    },
    /// A step ended.
    ObjectDone {
        /// The number of the step, from 0.
        step: usize,
        /// The cluster.
        side: Side,
        /// The object.
        object: ObjectRef,
        /// The outcome.
        outcome: Outcome,
    },
    /// A step waits, for a limited time.
    Waiting {
        /// The cluster.
        side: Side,
        /// The object.
        object: ObjectRef,
        /// The condition.
        awaited: Awaited,
    },
}
