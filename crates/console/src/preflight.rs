//! The checks before an installation, published as each of them completes.

use crate::{Action, Caller, Console, Error, render::Rendered};
use futures::future::BoxFuture;
use mesh::preflight::PreflightContext;
use tokio::sync::watch;
use wire::{DraftId, Problem, install::ChecksView};

/// The running checks of a draft; dropping it cancels them.
pub struct PreflightRun {
    seen: watch::Receiver<ChecksView>,
    work: Option<BoxFuture<'static, ()>>,
}

impl PreflightRun {
    /// The results so far, when there are more; none when all checks have completed.
    pub async fn next(&mut self) -> Option<ChecksView> {
        loop {
            let work = async {
                match &mut self.work {
                    Some(work) => work.await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                changed = self.seen.changed() => {
                    changed.ok()?;
                    return Some(self.seen.borrow_and_update().clone());
                }
                () = work => {}
            }
            self.work = None;
        }
    }
}

impl Console {
    /// Runs the checks of a draft and publishes their results.
    ///
    /// # Errors
    /// [`Error::NoDraft`] or [`Error::NotPermitted`]; an error that prevents the checks is part of
    /// the published view.
    pub async fn follow_checks(
        &self,
        caller: &Caller,
        id: &DraftId,
    ) -> Result<PreflightRun, Error> {
        self.permitted(caller, Action::Read, async {
            self.opened(id).await?;
            let (sender, seen) = watch::channel(ChecksView::default());
            let (console, id) = (self.clone(), id.clone());
            let work = Box::pin(async move {
                let publish = |view| {
                    sender.send_replace(view);
                };
                if let Err(error) = console.check(&id, publish).await {
                    publish(ChecksView {
                        problem: Some(Problem::from(error)),
                        ..ChecksView::default()
                    });
                }
            });
            Ok(PreflightRun {
                seen,
                work: Some(work),
            })
        })
        .await
    }

    /// Runs the checks of a draft.
    ///
    /// # Errors
    /// [`Error::NoTarget`], [`Error::Chart`] when the values do not render, [`Error::Cluster`].
    pub async fn checks(&self, caller: &Caller, id: &DraftId) -> Result<ChecksView, Error> {
        self.permitted(caller, Action::Read, self.check(id, |_| {}))
            .await
    }

    pub(crate) async fn check(
        &self,
        id: &DraftId,
        publish: impl Fn(ChecksView),
    ) -> Result<ChecksView, Error> {
        let draft = self.opened(id).await?.draft;
        let connection = self.connections.get(draft.cluster()?)?;
        if draft.is_bundle() {
            let checks = self.check_parts(&connection, &draft, publish).await?;
            self.checked.insert(id, &checks);
            return Ok(checks);
        }
        let rendered = self.render_or_skip(&connection, &draft).await?;
        let preflight_context = rendered.preflight_context(&connection.user);
        let checks = mesh::preflight(preflight_context, publish).await;
        self.checked.insert(id, &checks);
        Ok(checks)
    }
}

impl Rendered {
    /// The context of the checks.
    pub(crate) fn preflight_context<'a>(
        &'a self,
        user: &'a cluster::AsUser,
    ) -> PreflightContext<'a> {
        PreflightContext {
            user,
            chart: &self.chart,
            key: &self.key,
            manifests: &self.manifests,
            plan: &self.plan,
            istio: None,
            renders: self.renders,
            upgrades: self.upgrade.as_ref().map(|basis| basis.revision.0),
        }
    }
}
