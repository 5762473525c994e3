//! What is sent to an open page: the frame around it, and the job it shows.

use crate::{Action, Caller, Console, Error};
use tokio::sync::watch;
use wire::{JobId, job::JobView, live::FrameView};

impl Console {
    /// What the frame around every page shows. Nothing is asked of a cluster.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn frame(&self, caller: &Caller) -> Result<FrameView, Error> {
        self.permitted(caller, Action::Read, async { Ok(self.frame_now()) })
            .await
    }

    /// The same, for the stream, which has asked who is there already.
    pub fn frame_now(&self) -> FrameView {
        let connections = self.connections.all();
        FrameView {
            clusters: connections
                .into_iter()
                .map(|connection| (connection.name, connection.colour, true))
                .collect(),
            running: u32::try_from(self.jobs.running()).unwrap_or(u32::MAX),
        }
    }

    /// Follows a job that runs; none when it has ended or is not known.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn follow_job(
        &self,
        caller: &Caller,
        id: &JobId,
    ) -> Result<Option<watch::Receiver<JobView>>, Error> {
        self.permitted(caller, Action::Read, async { Ok(self.jobs.follow(id)) })
            .await
    }

    /// Hears when a cluster is added, renamed or forgotten.
    pub fn follow_clusters(&self) -> watch::Receiver<()> {
        self.connections.follow()
    }

    /// Hears when the number of running jobs changes.
    pub fn follow_jobs(&self) -> watch::Receiver<usize> {
        self.jobs.count()
    }
}
