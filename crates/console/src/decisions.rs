//! What an operator decides in a review: it is kept in the draft, stored with the reviewed job, and what is left to
//! other field managers is stored beside the release.

use crate::{
    Action, Caller, Console, Error,
    connections::ClusterConnection,
    draft::{Basis, Draft},
    releases::key_of,
    secrets::Secrets,
};
use release::{ObjectReview, ReleaseKey, Saved};
use wire::{
    decision::{DecideRequest, Decisions, PlanChoices},
    install::DraftView,
    release::RevokeRequest,
};

impl Console {
    /// Sets what the operator decided in the review of a draft.
    ///
    /// # Errors
    /// [`Error::NoDraft`], [`Error::DraftChanged`], [`Error::NotPermitted`] or [`Error::Store`].
    pub async fn decide(
        &self,
        caller: &Caller,
        request: DecideRequest,
    ) -> Result<DraftView, Error> {
        self.permitted(caller, Action::WriteDraft, async {
            let basis = Basis {
                revision: request.revision,
                edit: None,
            };
            let change = |draft: &mut Draft| draft.decisions = request.decisions.clone();
            self.change_draft(&request.draft, Some(&basis), change)
                .await?;
            self.draft_view(&request.draft).await
        })
        .await
    }

    /// Revokes the decision to leave a field to another manager: the next review asks again.
    ///
    /// # Errors
    /// [`Error::NoObject`] when the field is not left, [`Error::NoCluster`], [`Error::Release`] or
    /// [`Error::NotPermitted`].
    pub async fn revoke_left_field(
        &self,
        caller: &Caller,
        request: RevokeRequest,
    ) -> Result<(), Error> {
        let RevokeRequest { at, object, path } = request;
        let target = format!("ask again about {path} of {object} in {at}");
        self.audited(caller, Action::WriteRelease, &target, async {
            let connection = self.connections.get(&at.cluster)?;
            let key = key_of(&at);
            let revoked = release::revoke(&connection.user, &key, &object, &path);
            if revoked.await? {
                Ok(())
            } else {
                Err(Error::NoObject(format!("{object} {path}")))
            }
        })
        .await
    }
}

/// The choices of a plan about its reviewed objects.
pub(crate) fn choices(reviewed: &[ObjectReview], of_operator: &Decisions) -> PlanChoices {
    let conflicts = reviewed.iter().flat_map(|object| &object.conflicts);
    let recreations = reviewed
        .iter()
        .filter_map(|object| object.recreation.as_ref());
    PlanChoices {
        conflicts: conflicts.cloned().collect(),
        recreations: recreations.cloned().collect(),
        crds: Vec::new(),
        decisions: of_operator.clone(),
    }
}

/// Masks what goes into Secrets.
pub(crate) fn mask(choices: &mut PlanChoices, secrets: &Secrets) {
    for row in &mut choices.conflicts {
        row.theirs = secrets.out_of(&row.theirs);
        row.ours = secrets.out_of(&row.ours);
    }
}

/// The decisions as a part of what is reviewed; none without any.
pub(crate) fn summary(decisions: &Decisions) -> Option<String> {
    (!decisions.is_empty()).then(|| format!("\n{decisions:?}"))
}

/// Remembers beside the release which fields are left to other managers.
///
/// # Errors
/// [`Error::Release`] when the cluster does not answer.
pub(crate) async fn remember(
    connection: &ClusterConnection,
    key: &ReleaseKey,
    decisions: &Decisions,
) -> Result<(), Error> {
    match release::remember(&connection.user, key, &decisions.fields).await? {
        Saved::Yes => {}
        Saved::Refused(error) => {
            let error = wire::error_chain(&error);
            tracing::warn!(release = %key.release, error, "the decisions about fields are not stored");
        }
    }
    Ok(())
}
