//! The plan of a rollback, which is stored as it is shown and started by the id of its review.

use crate::{
    Action, Caller, Console, Error,
    connections::ClusterConnection,
    decisions,
    jobs::{Job as _, PlannedRollback, Rollback},
    review::{count, deleted, missing_kinds, not_served, object},
    secrets::Secrets,
};
use chart::Manifests;
use release::{FieldChoices, State};
use wire::{
    Problem, Revision,
    decision::{Decisions, PlanChoices},
    install::{Change, ObjectDiff},
    release::ReleaseRef,
    rollback::RollbackView,
};

impl Console {
    /// The plan of a rollback to an earlier revision: a dry run of every object, and what is deleted. An operation that
    /// another one left pending does not prevent it.
    ///
    /// # Errors
    /// [`Error::Release`] without such a revision, [`Error::NoCluster`], [`Error::Cluster`] or
    /// [`Error::NotPermitted`].
    pub async fn plan_rollback(
        &self,
        caller: &Caller,
        at: &ReleaseRef,
        revision: Revision,
        decided: Decisions,
    ) -> Result<RollbackView, Error> {
        self.permitted(caller, Action::Read, async {
            let mut job = Rollback {
                release: at.clone(),
                revision: revision.0,
                mesh: self.mesh_of_release(at).await?,
                decisions: decided,
            };
            let mut planned = job.plan(self).await?;
            // Before the dry runs: what changes meanwhile is found when the job starts.
            let state = self.planned_state(Rollback::concerns(&planned)).await?;
            let plan = &planned.plan;
            let secrets = [
                self.secrets_of(at, &plan.current).await?,
                self.secrets_of(at, &plan.target).await?,
            ];
            let (objects, choices, problem) = self.reviewed_rollback(&planned, &secrets).await?;
            job.decisions = choices.effective();
            planned.plan.decisions = job.decisions.clone();
            let concerns = Rollback::concerns(&planned);
            let state = state.decided(&concerns, choices.undecided());
            let review = self.store_reviewed(job, state, None).await?;
            let plan = &planned.plan;
            Ok(RollbackView {
                review,
                at: at.clone(),
                target: plan.target.row(),
                current: plan.current.row(),
                next: Revision(plan.newest + 1),
                pending: pending(plan.state).then(|| (plan.state.into(), plan.since)),
                counts: count(&objects),
                objects,
                choices,
                command: format!(
                    "helm rollback {} {revision} --namespace {} --wait",
                    at.release, at.namespace
                ),
                problem,
            })
        })
        .await
    }

    /// A dry run of every object of a rollback, the objects that it deletes, and what prevents it.
    async fn reviewed_rollback(
        &self,
        planned: &PlannedRollback,
        secrets: &[Secrets; 2],
    ) -> Result<(Vec<ObjectDiff>, PlanChoices, Option<Problem>), Error> {
        let ClusterConnection { user, .. } = &planned.connection;
        let plan = &planned.plan;
        let manifests = Manifests::default();
        let stored = release::left_fields(user, &planned.key).await?;
        let choices = FieldChoices {
            decided: &plan.decisions.fields,
            stored: &stored,
            recreated: &plan.decisions.recreated,
        };
        let rendered = (&plan.plan, &manifests);
        let reviewed = release::review_after(user, rendered, &planned.key, &[], choices).await?;
        let mut choices = decisions::choices(&reviewed, &plan.decisions);
        for secrets in secrets {
            decisions::mask(&mut choices, secrets);
        }
        let missing = missing_kinds(&reviewed);
        let mut objects: Vec<ObjectDiff> = reviewed.iter().map(object).collect();
        for line in objects.iter_mut().flat_map(|object| &mut object.lines) {
            for secrets in secrets {
                line.text = secrets.out_of(&line.text);
            }
        }
        let refused = objects.iter().find_map(|object| match &object.change {
            Change::Refused(problem) => Some(problem.clone()),
            _ => None,
        });
        objects.extend(deleted(&plan.obsolete));
        Ok((objects, choices, not_served(missing).or(refused)))
    }
}

/// Whether an operation is pending.
fn pending(state: State) -> bool {
    matches!(
        state,
        State::PendingInstall
            | State::PendingUpgrade
            | State::PendingRollback
            | State::Uninstalling
    )
}
