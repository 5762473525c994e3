//! The review of an upgrade: the values compared with those of the revision that it replaces, a dry run of every
//! object, and the objects that are deleted.

use super::{command, count, deleted, rights_problem};
use crate::{
    Console, Error, connections::ClusterConnection, draft::Draft, jobs::Upgrade, releases::key_of,
};
use wire::{
    DraftId, Problem,
    decision::CrdReview,
    install::{Change, ObjectDiff, ReviewView},
    release::ReleaseRef,
};

impl Console {
    /// The review of the draft of an upgrade.
    pub(super) async fn review_upgrade(
        &self,
        id: &DraftId,
        draft: &Draft,
        connection: &ClusterConnection,
    ) -> Result<ReviewView, Error> {
        let key = draft.release_key()?;
        let at = ReleaseRef {
            cluster: connection.name.clone(),
            namespace: key.namespace,
            release: key.release,
        };
        let (mut job, mut plan) = Upgrade::rendered(self, at.clone(), draft.clone()).await?;
        ensure_same_basis(&at, draft, &job.draft)?;
        let (user, decided) = (&connection.user, &draft.decisions.crds);
        let crds = release::review_crds(user, &plan.rendered.crds, decided).await?;
        // What differs is applied by choice, and what is refused not at all.
        plan.rendered.plan.crds.retain(|crd| {
            let mut reviewed = crds.iter();
            reviewed.any(|row| row.name == crd.name() && row.is_applied)
        });
        // Before the dry runs: what changes meanwhile is found when the job starts.
        let state = self.planned_state(plan.concerns()).await?;
        let newest = release::latest(&connection.user, &key_of(&at)).await?;
        let shown = self.secrets_of(&at, &newest).await?;
        let before = self.effective_before(&at, (&newest, &draft.chart)).await;
        let before = shown.masked(&before);
        let rendered = &plan.rendered;
        let context = [rendered.preflight_context(&connection.user)];
        let (reviewed, rights, rerender) = tokio::join!(
            self.reviewed_release(connection, rendered, &[], Some(before), &draft.decisions),
            mesh::preflight::permissions(&context),
            Box::pin(self.rerender(connection, &at, (&newest, &draft.chart))),
        );
        let mut reviewed = reviewed?;
        let undecided = self.ensure_values_decided(draft).await.err();
        show_replaced(&mut reviewed.objects, &crds);
        reviewed.choices.crds = crds;
        plan.decisions = reviewed.choices.effective();
        job.draft.decisions = plan.decisions.clone();
        let state = state.decided(&plan.concerns(), reviewed.choices.undecided());
        let review = self.store_reviewed(job, state, None).await?;
        let rendered = &plan.rendered;
        reviewed.objects.extend(deleted(&plan.obsolete));
        let named = self.helm_chart_arguments(&draft.chart);
        Ok(ReviewView {
            draft: self.draft_view(id).await?,
            review,
            values: reviewed.values,
            counts: count(&reviewed.objects),
            objects: reviewed.objects,
            parts: Vec::new(),
            rerender: Some(rerender),
            choices: reviewed.choices,
            command: command(&named, &draft.chart, rendered, "values.yaml"),
            problem: undecided
                .map(|error| Problem::from(&error))
                .or(reviewed.problem)
                .or_else(|| rights_problem(&rights, connection)),
            rights,
        })
    }
}

/// Shows the CRDs as changed that the upgrade replaces.
fn show_replaced(objects: &mut [ObjectDiff], crds: &[CrdReview]) {
    for row in objects {
        let is_replaced = |crd: &CrdReview| crd.name == row.object.name && !crd.is_new;
        let is_crd = row.object.kind == "CustomResourceDefinition";
        if is_crd && row.change == Change::Keep && crds.iter().any(is_replaced) {
            row.change = Change::Update;
        }
    }
}

/// Checks that the release is still at the revision that a draft was prepared for.
fn ensure_same_basis(at: &ReleaseRef, draft: &Draft, planned: &Draft) -> Result<(), Error> {
    let revision = |draft: &Draft| draft.next_revision() - 1;
    if revision(draft) == revision(planned) {
        return Ok(());
    }
    Err(Error::ReleaseChanged {
        release: at.clone(),
        revision: revision(draft),
        newest: revision(planned),
    })
}
