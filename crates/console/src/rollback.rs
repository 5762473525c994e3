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
    decision::{Decisions, FieldConflict},
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
            let (objects, conflicts, problem) = self.reviewed_rollback(&planned, &secrets).await?;
            let of_operator = job.decisions.clone();
            job.decisions = decisions::effective(&conflicts, &of_operator);
            planned.plan.decisions = job.decisions.clone();
            let concerns = Rollback::concerns(&planned);
            let state = state.decided(&concerns, decisions::undecided(&conflicts));
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
                conflicts,
                decisions: of_operator,
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
    ) -> Result<(Vec<ObjectDiff>, Vec<FieldConflict>, Option<Problem>), Error> {
        let ClusterConnection { user, .. } = &planned.connection;
        let plan = &planned.plan;
        let manifests = Manifests::default();
        let remembered = release::left_fields(user, &planned.key).await?;
        let choices = FieldChoices {
            decided: &plan.decisions.fields,
            remembered: &remembered,
        };
        let rendered = (&plan.plan, &manifests);
        let reviewed = release::review_after(user, rendered, &planned.key, &[], choices).await?;
        let mut conflicts = decisions::conflicts(&reviewed);
        for secrets in secrets {
            decisions::mask(&mut conflicts, secrets);
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
        Ok((objects, conflicts, not_served(missing).or(refused)))
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
