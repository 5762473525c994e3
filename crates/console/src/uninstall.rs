//! The plan of an uninstallation, which is stored as it is shown and started by the id of its review.

use crate::{Action, Caller, Console, Error, jobs::Uninstall};
use wire::release::{ReleaseRef, UninstallView};

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
            let job = Uninstall {
                release: at.clone(),
                mesh: self.mesh_of_release(at).await?,
            };
            let (release, connection, removal) = job.removal(self).await?;
            let plan = (release, connection, Some(removal.clone()));
            let review = self.store_review(job, &plan, None).await?;
            Ok(UninstallView {
                review,
                at: at.clone(),
                removed: removal.removed,
                kept: removal.kept,
                hooks: removal.hooks,
                gone: removal.gone,
            })
        })
        .await
    }
}
