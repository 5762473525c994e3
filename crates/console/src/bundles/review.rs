//! The review of a bundle: the review of each part, in the order of their installation.

use crate::{
    Console, Error,
    bundles::RenderedPart,
    connections::ClusterConnection,
    draft::Draft,
    jobs::{BundlePart, Install, InstallBundle, RenderedPlan},
    review::{ReviewedRelease, rights_problem, total},
};
use futures::future::try_join_all;
use wire::{
    ChartRef, DraftId,
    check::CheckView,
    decision::PlanChoices,
    install::{PartReview, ReviewView},
};

impl Console {
    /// The review of a bundle.
    pub(crate) async fn review_bundle(
        &self,
        id: &DraftId,
        draft: &Draft,
        connection: &ClusterConnection,
    ) -> Result<ReviewView, Error> {
        let parts = self.rendered_parts(connection, draft).await?;
        let drafts: Vec<_> = parts.iter().map(|part| &part.part).collect();
        let bundle = draft.bundle_ref(&drafts)?;
        let release = |part: &RenderedPart| bundle.release(&part.rendered.key.release);
        // Before the dry runs: what changes meanwhile is found when the job starts.
        let install = |part: &RenderedPart| BundlePart {
            install: Install::reviewed(release(part), part.part.draft.clone(), &part.rendered),
            starts_after: part.part.starts_after,
        };
        let mut job = InstallBundle {
            parts: parts.iter().map(install).collect(),
            draft: Box::new(draft.clone()),
            bundle: bundle.clone(),
        };
        let plans = parts.into_iter().map(|part| {
            let at = release(&part);
            (
                part.part.draft.chart,
                RenderedPlan {
                    console: self.clone(),
                    release: at,
                    connection: connection.clone(),
                    rendered: part.rendered,
                    mode: release::Mode::Install,
                    proofs: Vec::new(),
                    obsolete: Vec::new(),
                    decisions: draft.decisions.clone(),
                },
            )
        });
        let mut plans: Vec<(ChartRef, RenderedPlan)> = plans.collect();
        let concerns = crate::jobs::merged_concerns(plans.iter().map(|(_, plan)| plan));
        let state = self.planned_state(concerns).await?;
        let (reviewed, rights) = self.reviewed_parts(connection, &plans, draft).await?;
        let of_plans = plans.iter_mut().map(|(_, plan)| plan);
        for ((plan, part), reviewed) in of_plans.zip(&mut job.parts).zip(&reviewed) {
            plan.decisions = reviewed.choices.effective();
            part.install.draft.decisions = plan.decisions.clone();
        }
        let choices = all_choices(&reviewed, draft);
        let concerns = crate::jobs::merged_concerns(plans.iter().map(|(_, plan)| plan));
        let state = state.decided(&concerns, choices.undecided());
        let review = self.store_reviewed(job, state, None).await?;
        let mut problem = None;
        let view = |((chart, plan), part): (&(ChartRef, RenderedPlan), ReviewedRelease)| {
            problem = problem.take().or(part.problem);
            PartReview {
                release: plan.release.release.clone(),
                chart: chart.clone(),
                values: part.values,
                objects: part.objects,
                counts: part.counts,
            }
        };
        let views: Vec<PartReview> = plans.iter().zip(reviewed).map(view).collect();
        Ok(ReviewView {
            draft: self.draft_view(id).await?,
            review,
            values: Vec::new(),
            objects: Vec::new(),
            counts: total(views.iter().map(|part| part.counts)),
            parts: views,
            rerender: None,
            command: self.commands(&plans),
            choices,
            problem: problem.or_else(|| rights_problem(&rights, connection)),
            rights,
        })
    }

    /// The reviews of the parts, in order, and the check of the rights that all of them need.
    async fn reviewed_parts(
        &self,
        connection: &ClusterConnection,
        plans: &[(ChartRef, RenderedPlan)],
        draft: &Draft,
    ) -> Result<(Vec<ReviewedRelease>, CheckView), Error> {
        let parts = plans.iter().enumerate().map(|(position, (_, plan))| {
            let earlier = plans.iter().take(position);
            let earlier: Vec<_> = earlier.map(|(_, plan)| &plan.rendered.plan).collect();
            async move {
                let decisions = &draft.decisions;
                self.reviewed_release(connection, &plan.rendered, &earlier, None, decisions)
                    .await
            }
        });
        let contexts: Vec<_> = plans
            .iter()
            .map(|(_, plan)| plan.rendered.preflight_context(&connection.user))
            .collect();
        let (reviewed, rights) =
            tokio::join!(try_join_all(parts), mesh::preflight::permissions(&contexts));
        Ok((reviewed?, rights))
    }

    /// The equivalent helm commands, one for each part.
    fn commands(&self, plans: &[(ChartRef, RenderedPlan)]) -> String {
        let command = |(chart, plan): &(ChartRef, RenderedPlan)| {
            let named = self.helm_chart_arguments(chart);
            let values = format!("{}.yaml", plan.release.release);
            crate::review::command(&named, chart, &plan.rendered, &values)
        };
        let commands: Vec<String> = plans.iter().map(command).collect();
        commands.join("\n")
    }
}

/// The choices of all parts.
fn all_choices(reviewed: &[ReviewedRelease], draft: &Draft) -> PlanChoices {
    let parts = || reviewed.iter().map(|part| &part.choices);
    PlanChoices {
        conflicts: parts().flat_map(|part| part.conflicts.clone()).collect(),
        recreations: parts().flat_map(|part| part.recreations.clone()).collect(),
        crds: Vec::new(),
        decisions: draft.decisions.clone(),
    }
}
