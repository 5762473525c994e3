//! The plan of a rollback, as it is shown.

use crate::{
    Problem, ReviewRef, Revision, Time,
    decision::PlanChoices,
    install::{ObjectDiff, ReviewCounts},
    release::{ReleaseRef, ReleaseState, RevisionRow},
};
use serde::{Deserialize, Serialize};

/// The plan of a rollback: what differs, and a dry run of every object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollbackView {
    /// What is shown, to execute exactly that.
    pub review: ReviewRef,
    /// The release.
    pub at: ReleaseRef,
    /// The earlier revision.
    pub target: RevisionRow,
    /// The revision whose objects are replaced.
    pub current: RevisionRow,
    /// The number of the revision that the rollback makes.
    pub next: Revision,
    /// The operation that is pending, since when; none when none is.
    pub pending: Option<(ReleaseState, Option<Time>)>,
    /// The objects, in the order in which they are applied, and those that are deleted.
    pub objects: Vec<ObjectDiff>,
    /// Their counts.
    pub counts: ReviewCounts,
    /// The equivalent Helm command.
    pub command: String,
    /// The choices of the operator.
    #[serde(default)]
    pub choices: PlanChoices,
    /// What prevents the rollback.
    pub problem: Option<Problem>,
}
