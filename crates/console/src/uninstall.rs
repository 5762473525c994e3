//! Uninstalling a release, after its plan was shown.

use crate::{Action, Caller, Console, Error, jobs::Uninstall, releases::key_of};
use wire::{
    JobId,
    release::{ReleaseRef, UninstallView},
};

impl Console {
    /// The plan of an uninstallation.
    ///
    /// # Errors
    /// [`Error::Release`], [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn plan_uninstall(
        &self,
        caller: &Caller,
        at: &ReleaseRef,
    ) -> Result<UninstallView, Error> {
        self.permitted(caller, Action::Read, async {
            let connection = self.connections.get(&at.cluster)?;
            let release = release::latest(connection.user.cluster(), &key_of(at)).await?;
            let removal = release::plan_uninstall(connection.user.cluster(), &release).await?;
            Ok(UninstallView {
                at: at.clone(),
                removed: removal.removed,
                kept: removal.kept,
                hooks: removal.hooks,
                gone: removal.gone,
            })
        })
        .await
    }

    /// Uninstalls a release, as a job.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::Release`], [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn uninstall(&self, caller: &Caller, at: &ReleaseRef) -> Result<JobId, Error> {
        let target = format!("uninstall {}/{}/{}", at.cluster, at.namespace, at.release);
        self.audited(caller, Action::WriteRelease, &target, async {
            let job = Uninstall {
                release: at.clone(),
                mesh: self.mesh_of_release(at).await?,
            };
            self.start(caller, job).await
        })
        .await
    }
}
