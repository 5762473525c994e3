//! The live data of an open page: its frame, and the job that it shows.

use crate::{Action, Caller, Console, Error, may};
use tokio::sync::watch;
use wire::{
    JobId,
    job::JobView,
    live::{FrameView, PermissionsView},
};

impl Console {
    /// The view of the frame around every page. No cluster is read.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn frame(&self, caller: &Caller) -> Result<FrameView, Error> {
        self.permitted(caller, Action::Read, async { Ok(self.frame_view(caller)) })
            .await
    }

    fn frame_view(&self, caller: &Caller) -> FrameView {
        let usable = self.connections.all().into_iter();
        let unusable = self.connections.unusable().into_iter();
        let mut clusters: Vec<_> = usable
            .map(|connection| (connection.name, connection.colour, true))
            .chain(unusable.map(|cluster| (cluster.name, cluster.colour, false)))
            .collect();
        clusters.sort();
        let may = |action| may(caller.role, action);
        FrameView {
            clusters,
            running: u32::try_from(self.jobs.running()).unwrap_or(u32::MAX),
            ended: self.jobs.ended(),
            permissions: PermissionsView {
                clusters: may(Action::WriteCluster),
                repositories: may(Action::WriteRepository),
                releases: may(Action::WriteRelease),
                meshes: may(Action::WriteMesh),
            },
        }
    }

    /// Follows a running job; none when it has ended or does not exist.
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

    /// Notifies when a cluster is added, renamed or removed.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn follow_clusters(&self, caller: &Caller) -> Result<watch::Receiver<()>, Error> {
        self.permitted(caller, Action::Read, async {
            Ok(self.connections.follow())
        })
        .await
    }

    /// Notifies when the number of running jobs changes.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn follow_jobs(&self, caller: &Caller) -> Result<watch::Receiver<usize>, Error> {
        self.permitted(caller, Action::Read, async { Ok(self.jobs.count()) })
            .await
    }
}
