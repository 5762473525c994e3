//! Taking a release away: what would go is shown first.

use crate::{
    Action, Caller, Console, Error,
    jobs::{Order, Work},
    releases::place,
};
use wire::{
    JobId,
    release::{ReleaseRef, UninstallView},
};

impl Console {
    /// What taking a release away would do.
    ///
    /// # Errors
    /// [`Error::Release`], [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn plan_uninstall(
        &self,
        caller: &Caller,
        at: &ReleaseRef,
    ) -> Result<UninstallView, Error> {
        self.permitted(caller, Action::Read, async {
            let link = self.links.get(&at.cluster)?;
            let release = release::latest(&link.user, &place(at)).await?;
            let removal = release::plan_removal(&link.user, &release).await?;
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

    /// Takes a release away, as a job.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::Release`], [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn uninstall(&self, caller: &Caller, at: &ReleaseRef) -> Result<JobId, Error> {
        let target = format!("uninstall {}/{}/{}", at.cluster, at.namespace, at.release);
        self.audited(caller, Action::WriteRelease, &target, async {
            let link = self.links.get(&at.cluster)?;
            let release = release::latest(&link.user, &place(at)).await?;
            let removal = release::plan_removal(&link.user, &release).await?;
            let order = Order::Uninstall {
                at: at.clone(),
                mesh: self.mesh_with(at)?,
            };
            Box::pin(self.start(caller, order, Work::Removal { link, removal })).await
        })
        .await
    }
}
