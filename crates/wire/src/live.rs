//! What the server sends while a page is open: whole small snapshots, never differences.

use crate::{ClusterName, install::ChecksView, job::JobView, mesh::HealthView};
use serde::{Deserialize, Serialize};

/// What the frame around every page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// Each cluster: name, colour, whether it answers.
    pub clusters: Vec<(ClusterName, u8, bool)>,
    /// Jobs that run.
    pub running: u32,
}

/// One message of the event stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Live {
    /// The frame around the page.
    Frame(FrameView),
    /// The job whose page is open.
    Job(Box<JobView>),
    /// The mesh whose page is open.
    Health(Box<HealthView>),
    /// The checks of the draft whose checks are open.
    Checks(Box<ChecksView>),
    /// The id of the browser files that the server serves now, sent first.
    Build(String),
    /// The session is over: the page shows the login.
    LoggedOut,
}
