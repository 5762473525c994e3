//! The messages of the event stream: complete small snapshots, no differences.

use crate::{
    ClusterName, JobId, Time,
    install::ChecksView,
    job::{JobKind, JobState, JobView, Subject},
    mesh::HealthView,
};
use serde::{Deserialize, Serialize};

/// The view of the frame around every page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// Each cluster: name, colour, whether it is reachable.
    pub clusters: Vec<(ClusterName, u8, bool)>,
    /// The number of running jobs.
    pub running: u32,
    /// The jobs that ended last, the newest first.
    #[serde(default)]
    pub ended: Vec<EndedJob>,
    /// What the operator may change.
    #[serde(default)]
    pub permissions: PermissionsView,
}

/// A job that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedJob {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: JobKind,
    /// Its subject.
    pub subject: Subject,
    /// How it ended.
    pub state: JobState,
    /// When it ended.
    pub ended: Time,
}

/// What the operator may change; the server checks each request again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionsView {
    /// Add, change and remove clusters.
    pub clusters: bool,
    /// Add and remove repositories.
    pub repositories: bool,
    /// Install, upgrade and uninstall releases.
    pub releases: bool,
    /// Create and change meshes.
    pub meshes: bool,
}

impl PermissionsView {
    /// Every permission.
    pub const ALL: Self = Self {
        clusters: true,
        repositories: true,
        releases: true,
        meshes: true,
    };
}

/// What a page shows, as far as the console notices its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Topic {
    /// The clusters and their facts.
    Clusters,
    /// The releases of all clusters.
    Releases,
    /// The meshes and the state of their steps.
    Meshes,
    /// The repositories.
    Repositories,
    /// The jobs.
    Jobs,
    /// The release of the open page, and its objects.
    Release,
    /// The Services of the meshes, and the traffic of those whose pages are open.
    Traffic,
}

/// The number of changes of each topic since the stream began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesView {
    /// Of [`Topic::Clusters`].
    pub clusters: u64,
    /// Of [`Topic::Releases`].
    pub releases: u64,
    /// Of [`Topic::Meshes`].
    pub meshes: u64,
    /// Of [`Topic::Repositories`].
    pub repositories: u64,
    /// Of [`Topic::Jobs`].
    pub jobs: u64,
    /// Of [`Topic::Release`].
    pub release: u64,
    /// Of [`Topic::Traffic`].
    #[serde(default)]
    pub traffic: u64,
}

impl ChangesView {
    /// The number of a topic.
    pub fn of(self, topic: Topic) -> u64 {
        match topic {
            Topic::Clusters => self.clusters,
            Topic::Releases => self.releases,
            Topic::Meshes => self.meshes,
            Topic::Repositories => self.repositories,
            Topic::Jobs => self.jobs,
            Topic::Release => self.release,
            Topic::Traffic => self.traffic,
        }
    }

    /// Counts a change of a topic.
    pub fn count(&mut self, topic: Topic) {
        let number = match topic {
            Topic::Clusters => &mut self.clusters,
            Topic::Releases => &mut self.releases,
            Topic::Meshes => &mut self.meshes,
            Topic::Repositories => &mut self.repositories,
            Topic::Jobs => &mut self.jobs,
            Topic::Release => &mut self.release,
            Topic::Traffic => &mut self.traffic,
        };
        *number = number.wrapping_add(1);
    }
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
    /// What has changed: pages read their topics again.
    Changes(ChangesView),
    /// The id of the current browser files, sent first.
    Build(String),
    /// The session has ended; the page shows the login.
    LoggedOut,
}
