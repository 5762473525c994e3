//! A revision that an interrupted operation left pending, before it is marked as failed.

use crate::{
    JobId, ReviewRef, Revision, Time,
    release::{ReleaseRef, ReleaseState, ResourceView},
};
use serde::{Deserialize, Serialize};

/// A revision that is pending: since when, by whom, and what exists of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkFailedView {
    /// What is shown, to change exactly that.
    pub review: ReviewRef,
    /// The release.
    pub at: ReleaseRef,
    /// The pending revision.
    pub revision: Revision,
    /// Its state.
    pub state: ReleaseState,
    /// When it was made; none when its record does not tell.
    pub since: Option<Time>,
    /// The field manager that wrote its record last, such as `helm`; none when it is not known.
    pub writer: Option<String>,
    /// The job of this console that was interrupted, which can be resumed.
    pub job: Option<JobId>,
    /// The newest revision before it that was deployed, to which the release can be rolled back.
    pub deployed: Option<Revision>,
    /// The objects of its manifest, as they are now.
    pub objects: Vec<ResourceView>,
}
