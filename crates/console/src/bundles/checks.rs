//! The checks of a bundle: those of each part, merged into one list.

use crate::{
    Console, Error, bundles::PartDraft, connections::ClusterConnection, draft::Draft,
    jobs::RenderedPlan, render::Rendered,
};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use wire::{check::CheckView, install::ChecksView};

/// The parts that are checked at the same time.
const CONCURRENCY: usize = 4;

impl Console {
    /// Runs the checks of every part before the parameters are complete.
    pub(crate) async fn check_parts(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
        publish: impl Fn(ChecksView),
    ) -> Result<ChecksView, Error> {
        let mut rendered = Vec::new();
        for PartDraft { draft, .. } in self.part_drafts(draft).await? {
            rendered.push(self.render_or_skip(connection, &draft).await?);
        }
        let parts = rendered.iter().collect::<Vec<_>>();
        Ok(self
            .merged_checks((connection, draft), &parts, publish)
            .await)
    }

    /// Runs the checks of reviewed parts again.
    pub(crate) async fn check_planned_parts(
        &self,
        draft: &Draft,
        plans: &[&RenderedPlan],
    ) -> ChecksView {
        let Some(first) = plans.first() else {
            return ChecksView::default();
        };
        let parts = plans.iter().map(|plan| &*plan.rendered).collect::<Vec<_>>();
        self.merged_checks((&first.connection, draft), &parts, |_| {})
            .await
    }

    async fn merged_checks(
        &self,
        (connection, draft): (&ClusterConnection, &Draft),
        parts: &[&Rendered],
        publish: impl Fn(ChecksView),
    ) -> ChecksView {
        let mut merged = ChecksView::default();
        let each: Vec<BoxFuture<'_, _>> = parts
            .iter()
            .map(|part| {
                let mut context = part.preflight_context(&connection.user);
                context.istio = Some((&draft.chart.version, &self.setup.istio_releases));
                mesh::preflight(context, |_| {}).boxed()
            })
            .collect();
        let mut waiting = parts.len();
        let mut checked = futures::stream::iter(each).buffered(CONCURRENCY);
        while let Some(checks) = checked.next().await {
            for check in checks.checks {
                merge(&mut merged.checks, check);
            }
            waiting -= 1;
            merged.waiting = Some(u32::try_from(waiting).unwrap_or(u32::MAX));
            publish(merged.clone());
        }
        merged
    }
}

/// Adds the result of a part: the worst status of all parts, with the details of each.
fn merge(checks: &mut Vec<CheckView>, check: CheckView) {
    let Some(known) = checks.iter_mut().find(|known| known.code == check.code) else {
        checks.push(check);
        return;
    };
    let details = std::mem::take(&mut known.details).into_iter();
    let details = distinct(details.chain(check.details.iter().cloned()));
    if check.status > known.status {
        *known = CheckView {
            remedies: known.remedies.clone(),
            took: known.took,
            ..check.clone()
        };
    }
    known.details = details;
    let remedies = known.remedies.iter().copied().chain(check.remedies);
    known.remedies = distinct(remedies);
    known.took = known.took.saturating_add(check.took);
}

/// Each of these once, in order.
fn distinct<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for value in all {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}
