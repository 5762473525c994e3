//! The plan of the tests of a release, which is stored as it is shown and started by the id of its review.

use crate::{
    Action, Caller, Console, Error,
    jobs::{Job as _, Test},
};
use wire::{Revision, release::ReleaseRef, test_run::TestView};

impl Console {
    /// The plan of the tests of the newest revision of a release.
    ///
    /// # Errors
    /// [`Error::Release`] without a release or while an operation is pending, [`Error::NoCluster`] or
    /// [`Error::NotPermitted`].
    pub async fn plan_test(&self, caller: &Caller, at: &ReleaseRef) -> Result<TestView, Error> {
        self.permitted(caller, Action::Read, async {
            let job = Test {
                release: at.clone(),
                mesh: self.mesh_of_release(at).await?,
            };
            let planned = job.plan(self).await?;
            let release = &planned.plan.release;
            let (tests, revision) = (release.tests(), Revision(release.version));
            let review = if tests.is_empty() {
                None
            } else {
                Some(self.store_review(job, &planned, None).await?)
            };
            Ok(TestView {
                review,
                at: at.clone(),
                revision,
                tests,
                command: format!(
                    "helm test {} --namespace {} --logs",
                    at.release, at.namespace
                ),
            })
        })
        .await
    }
}
