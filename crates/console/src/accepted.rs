//! What the server checks itself before a draft is deployed: blockers, and the warnings that the operator
//! accepted.
//!
//! The pages check the same; a request that leads past them is refused here.

use crate::{Action, Caller, Console, Error, draft::Draft, jobs::RenderedPlan};
use parking_lot::Mutex;
use std::collections::{BTreeSet, VecDeque};
use wire::{
    DraftId,
    check::{CheckStatus, CheckView},
    install::{ChecksView, DraftView},
};

/// Drafts whose last results are remembered.
const MAX_DRAFTS: usize = 64;

/// A warning: the check, and the objects that it names.
type Finding = String;

/// The last results of the checks of a few drafts: what an operator sees when accepting warnings.
#[derive(Default)]
pub(crate) struct CheckedDrafts(Mutex<VecDeque<(DraftId, BTreeSet<Finding>)>>);

impl CheckedDrafts {
    /// Remembers the results of a draft.
    pub(crate) fn insert(&self, id: &DraftId, checks: &ChecksView) {
        let mut drafts = self.0.lock();
        drafts.retain(|(known, _)| known != id);
        drafts.push_back((id.clone(), warnings(&checks.checks)));
        while drafts.len() > MAX_DRAFTS {
            drafts.pop_front();
        }
    }

    fn get(&self, id: &DraftId) -> Option<BTreeSet<Finding>> {
        let drafts = self.0.lock();
        let found = drafts.iter().find(|(known, _)| known == id);
        found.map(|(_, warnings)| warnings.clone())
    }
}

/// The warnings among results.
fn warnings(checks: &[CheckView]) -> BTreeSet<Finding> {
    let warnings = checks
        .iter()
        .filter(|check| check.status == CheckStatus::Warning);
    warnings.map(finding).collect()
}

/// A warning without what changes from one run to the next, such as amounts and ages.
fn finding(check: &CheckView) -> Finding {
    let details = check.details.iter().flat_map(|detail| &detail.args);
    let arguments = check.args.iter().chain(details);
    let named =
        arguments.filter(|(name, _)| name == "object" || name == "release" || name == "cluster");
    let objects: BTreeSet<&str> = named.map(|(_, value)| value.as_str()).collect();
    let objects: Vec<&str> = objects.into_iter().collect();
    format!("{:?} {}", check.code, objects.join(" "))
}

impl Console {
    /// Accepts the warnings that the checks of a draft had last, or revokes the acceptance.
    ///
    /// # Errors
    /// [`Error::NoDraft`], [`Error::NotPermitted`] or [`Error::Store`], and as for [`Console::checks`] when
    /// they have not run yet.
    pub async fn accept_warnings(
        &self,
        caller: &Caller,
        id: &DraftId,
        accepted: bool,
    ) -> Result<DraftView, Error> {
        self.permitted(caller, Action::WriteDraft, async {
            let warnings = match (accepted, self.checked.get(id)) {
                (false, _) => BTreeSet::new(),
                (true, Some(warnings)) => warnings,
                (true, None) => {
                    let checks = self.check(id, |_| {}).await?;
                    warnings(&checks.checks)
                }
            };
            let change = |draft: &mut Draft| {
                draft.accepted = accepted;
                draft.accepted_warnings.clone_from(&warnings);
            };
            self.change_draft(id, None, change).await?;
            self.draft_view(id).await
        })
        .await
    }

    /// Runs the checks of a reviewed draft again.
    ///
    /// # Errors
    /// [`Error::ChecksFailed`] with the checks that failed, and those whose warning was not accepted.
    pub(crate) async fn ensure_checked(
        &self,
        draft: &Draft,
        plan: &RenderedPlan,
    ) -> Result<(), Error> {
        let user = &plan.connection.user;
        let checks = mesh::preflight(plan.rendered.preflight_context(user), |_| {}).await;
        ensure_accepted(draft, &checks)
    }

    /// The same for the parts of a bundle.
    pub(crate) async fn ensure_parts_checked(
        &self,
        draft: &Draft,
        plans: &[&RenderedPlan],
    ) -> Result<(), Error> {
        ensure_accepted(draft, &self.check_planned_parts(draft, plans).await)
    }
}

/// Fails when a check failed, or has a warning that was not accepted.
fn ensure_accepted(draft: &Draft, checks: &ChecksView) -> Result<(), Error> {
    let blocks = |check: &&CheckView| match check.status {
        CheckStatus::Failed => true,
        // The steps of a mesh are accepted with the checks of the mesh.
        CheckStatus::Warning => {
            draft.mesh.is_none() && !draft.accepted_warnings.contains(&finding(check))
        }
        _ => false,
    };
    let blocking: Vec<_> = checks
        .checks
        .iter()
        .filter(blocks)
        .map(|check| check.code)
        .collect();
    if blocking.is_empty() {
        return Ok(());
    }
    Err(Error::ChecksFailed { checks: blocking })
}
