//! Reviewed jobs: what an operator was shown is stored, and exactly that is executed.
//!
//! A review stores the request of a job and the state of every object that its plan concerns: the UID and
//! a hash of the content. Before the job starts, the plan is made again; when something differs, nothing
//! is started, the error names the objects, and the page shows the new plan with the differences. The browser
//! has a random id only. Start at
//! [`Console::store_review`] and [`Console::start_reviewed`].

use super::{Job, differences, kinds::StoredJob, planned_state::PlannedState};
use crate::{Caller, Console, Error};
use serde::{Deserialize, Serialize};
use wire::{JobId, ReviewId, ReviewRef, review::PlanDifferences};

/// How long a review can be executed.
const REVIEW_SECONDS: i64 = 24 * 60 * 60;
/// A job that an operator was shown.
#[derive(Serialize, Deserialize)]
struct Review {
    job: StoredJob,
    state: PlannedState,
    /// The job that it resumes.
    resumes: Option<JobId>,
}

impl Console {
    /// Stores a job that an operator is shown, and gives the id and the name to start it with.
    pub(crate) async fn store_review<J: Job>(
        &self,
        job: J,
        plan: &J::Plan,
        resumes: Option<JobId>,
    ) -> Result<ReviewRef, Error>
    where
        StoredJob: From<J>,
    {
        let state = self.planned_state(J::concerns(plan)).await?;
        self.store_reviewed(job, state, resumes).await
    }

    /// The same for a state that was read before.
    pub(crate) async fn store_reviewed<J: Job>(
        &self,
        job: J,
        state: PlannedState,
        resumes: Option<JobId>,
    ) -> Result<ReviewRef, Error>
    where
        StoredJob: From<J>,
    {
        let bytes = (self.setup.random_bytes)();
        let id = ReviewId::new(random_name(&bytes)).map_err(|source| Error::BadName {
            kind: "review",
            name: String::new(),
            source,
        })?;
        let confirm = job.confirmation().map(str::to_owned);
        let review = Review {
            job: StoredJob::from(job),
            state,
            resumes,
        };
        let (stored, now) = (id.clone(), self.now().as_second());
        self.with_store(move |store| {
            store.save_review(&stored, &review, now, now - REVIEW_SECONDS)
        })
        .await?;
        Ok(ReviewRef { id, confirm })
    }

    /// What differs between a plan that was shown and the one that is shown instead of it.
    ///
    /// # Errors
    /// [`Error::NoReview`] when one of them is too old, [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn plan_differences(
        &self,
        caller: &Caller,
        shown: &ReviewId,
        now: &ReviewId,
    ) -> Result<PlanDifferences, Error> {
        self.permitted(caller, crate::Action::Read, async {
            let (shown, now) = (
                self.stored_review(shown).await?,
                self.stored_review(now).await?,
            );
            Ok(differences::between(&shown.state, &now.state))
        })
        .await
    }

    async fn stored_review(&self, id: &ReviewId) -> Result<Review, Error> {
        let id = id.clone();
        let review = self.with_store(move |store| store.review(&id)).await?;
        review.ok_or(Error::NoReview)
    }

    /// Starts the job that an operator was shown, unless something changed since. `typed` is the name
    /// with which the operator confirms a destructive job.
    ///
    /// # Errors
    /// [`Error::NoReview`] when it is too old, [`Error::NotConfirmed`] when another name is typed than the
    /// review asks for, [`Error::PlanChanged`] with what differs, [`Error::ChecksFailed`], [`Error::Busy`], and
    /// the errors of planning.
    pub async fn start_reviewed(
        &self,
        caller: &Caller,
        id: &ReviewId,
        typed: Option<&str>,
    ) -> Result<JobId, Error> {
        self.start_changed(caller, (id, typed), Ok).await
    }

    /// The same with a change of the job that its review allows.
    pub(crate) async fn start_changed(
        &self,
        caller: &Caller,
        (id, typed): (&ReviewId, Option<&str>),
        change: impl FnOnce(StoredJob) -> Result<StoredJob, Error>,
    ) -> Result<JobId, Error> {
        let stored = self.stored_review(id);
        let review = self.permitted(caller, crate::Action::Read, stored).await?;
        let job = change(review.job)?;
        let (action, target) = (job.action(), job.audit_target());
        let confirmed = ensure_confirmed(&job, typed);
        let started = async {
            confirmed?;
            // The future of every kind of job is in it.
            let started = job.start(self, caller, (review.state, review.resumes));
            Box::pin(started).await
        };
        self.audited_start(caller, action, &target, started).await
    }

    /// Starts a job that was planned, when the plan is the one that was shown.
    pub(crate) async fn start_as_shown<J: Job>(
        &self,
        caller: &Caller,
        job: J,
        plan: J::Plan,
        (shown, resumes): (PlannedState, Option<JobId>),
    ) -> Result<JobId, Error>
    where
        StoredJob: From<J>,
    {
        self.jobs.ensure_free(&job.subject())?;
        let now = self.planned_state(J::concerns(&plan)).await?;
        shown.ensure_same(&now)?;
        job.ensure_ready(self, &plan).await?;
        self.start_planned(caller, job, plan, (now, resumes)).await
    }
}

/// Checks that the operator typed the name that the job asks for.
fn ensure_confirmed(job: &StoredJob, typed: Option<&str>) -> Result<(), Error> {
    match job.confirmation() {
        Some(name) if typed != Some(name) => Err(Error::NotConfirmed {
            name: name.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// A name of 32 hexadecimal digits, of the first 16 of these random bytes.
fn random_name([bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _]: &[u8; 32]) -> String {
    format!("{:032x}", u128::from_le_bytes(*bytes))
}
