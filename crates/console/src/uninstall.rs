//! The plan of an uninstallation, which is stored as it is shown and started by the id of its review.
//!
//! The CRDs that the release brought are kept, unless the operator chooses the deletion of some of those that the plan
//! offers: no others are deleted, and none of which more custom resources exist than were shown.

use crate::{
    Action, Caller, Console, Error,
    jobs::{StoredJob, Uninstall},
};
use std::collections::BTreeMap;
use wire::{
    JobId, ReviewId,
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
            let mut job = Uninstall {
                release: at.clone(),
                mesh: self.mesh_of_release(at).await?,
                offered: BTreeMap::new(),
                deleted_crds: Vec::new(),
            };
            let (release, connection, removal) = job.removal(self).await?;
            let crds = self
                .offered_crds(&connection, (at, &removal.release))
                .await?;
            let free = crds.iter().filter(|crd| crd.blocker.is_none());
            let live = free.filter_map(|crd| Some((crd, crd.usage.live.as_ref()?)));
            job.offered = live
                .map(|(crd, live)| (crd.usage.object.name.clone(), live.total()))
                .collect();
            let planned = removal.plan.clone();
            let plan = (release, connection, Some(removal));
            let review = self.store_review(job, &plan, None).await?;
            Ok(UninstallView {
                review,
                at: at.clone(),
                removed: planned.removed,
                kept: planned.kept,
                hooks: planned.hooks,
                gone: planned.gone,
                crds: crds
                    .iter()
                    .map(super::crd_users::OfferedCrd::view)
                    .collect(),
            })
        })
        .await
    }

    /// Starts the uninstallation that was shown; `crds` are the names of the CRDs that are deleted after a backup.
    ///
    /// # Errors
    /// As for [`Console::start_reviewed`]; [`Error::PlanChanged`] when the plan did not offer one of the CRDs, another
    /// release uses it meanwhile, or more custom resources exist.
    pub async fn start_uninstall(
        &self,
        caller: &Caller,
        shown: (&ReviewId, Option<&str>),
        crds: Vec<String>,
    ) -> Result<JobId, Error> {
        self.start_changed(caller, shown, |shown| match shown {
            StoredJob::Uninstall(shown) => {
                let refused = crds
                    .iter()
                    .filter(|name| !shown.offered.contains_key(*name));
                let objects: Vec<String> = refused.cloned().collect();
                if !objects.is_empty() {
                    return Err(Error::PlanChanged { objects });
                }
                Ok(StoredJob::Uninstall(Uninstall {
                    deleted_crds: crds,
                    ..shown
                }))
            }
            _ => Err(Error::NoReview),
        })
        .await
    }
}
