//! The messages of the event stream: complete small snapshots, no differences.

use crate::{ClusterName, install::ChecksView, job::JobView, mesh::HealthView};
use serde::{Deserialize, Serialize};

/// The view of the frame around every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// Each cluster: name, colour, whether it is reachable.
    pub clusters: Vec<(ClusterName, u8, bool)>,
    /// The number of running jobs.
    pub running: u32,
}

/// One message of the event stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Live {
    /// The frame around the page.
    Frame(FrameView),
    /// The job of the open page.
    Job(Box<JobView>),
    /// The health of the mesh of the open page.
    Health(Box<HealthView>),
    /// The checks of the draft of the open page.
    Checks(Box<ChecksView>),
    /// The id of the current browser files, sent first.
    Build(String),
    /// The session has ended; the page shows the login.
    LoggedOut,
}
