//! Puts the token back that a remote Secret had before its last rotation.
//!
//! A rotation that cannot prove the endpoints of a remote keeps the old token. The way back writes it into the
//! remote Secret, restarts istiod, which reads all clusters again, and deletes the token of the rotation once
//! every istiod has registered all endpoints. Start at [`plan`], then [`restore`].

use super::{
    RotateReport, Timing, control_plane,
    execute::{await_sync, endpoints_before, observed, prove},
};
use crate::{
    endpoint_sync::proof::Change,
    error::Error,
    gather::read,
    membership::{
        Kubeconfig, MemberSpec,
        apply::{delete, ensure_unchanged},
        names::PRIMARY_ANNOTATION,
        progress::{OnEvent, Progress},
        remote_secret::{self, Rewrite, remote_secret_step},
        state::{JoinQuery, JoinState, SecretEntry, TokenSecret, read_state},
        tokens::{ExpectedIdentity, await_acceptance},
    },
    step::{Action, Side, Step},
};
use cluster::{AsUser, Identity as _, ObjectRef};
use release::Outcome;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use wire::ClusterId;

/// The plan of a restoration.
#[derive(Clone, Debug)]
pub struct RestorePlan {
    /// The remote, under the ID that its remote Secret has.
    pub spec: MemberSpec,
    /// The Secret of the token that is put back.
    pub token: ObjectRef,
    /// The remote Secret.
    pub secret: ObjectRef,
    /// The steps, in their order: remote Secret, token of the rotation.
    pub steps: Vec<Step>,
    /// The Deployment of istiod, which is restarted; none where no istiod is installed.
    pub istiod: Option<ObjectRef>,
    /// The kubeconfig with the token that is put back.
    kubeconfig: Kubeconfig,
    /// The subject of the reader's tokens.
    subject: String,
    /// The UID of the remote.
    cluster_uid: String,
}

/// Reads both clusters and plans a restoration; changes nothing.
///
/// # Errors
/// [`Error::NotJoined`] when no remote Secret joins the remote, [`Error::NoEarlierToken`] when the remote has no
/// other token of the reader, else [`Error::Cluster`].
pub async fn plan(
    primary: &AsUser,
    remote: &AsUser,
    spec: &MemberSpec,
) -> Result<RestorePlan, Error> {
    let query = JoinQuery {
        primary: primary.cluster(),
        remote: remote.cluster(),
        spec,
        server: "",
    };
    let state = read_state(&query).await?;
    let istiod = control_plane(primary, spec).await?;
    let stored = state
        .entry
        .as_ref()
        .and_then(|entry| Some((entry, entry.kubeconfig.clone()?)));
    let Some((entry, stored)) = stored else {
        let name = spec.id.to_string();
        return Err(Error::NotJoined { name });
    };
    let spec = MemberSpec {
        id: ClusterId::new(entry.key.clone()).unwrap_or_else(|_| spec.id.clone()),
        ..spec.clone()
    };
    let Some(earlier) = earlier_token(&state, entry, &spec) else {
        let name = spec.id.to_string();
        return Err(Error::NoEarlierToken { name });
    };
    let kubeconfig = Kubeconfig {
        token: earlier
            .token
            .clone()
            .unwrap_or_else(|| stored.token.clone()),
        ..stored
    };
    let token = earlier.secret.reference();
    let (secret_step, _) =
        remote_secret_step(&spec, &kubeconfig, &state, &token.name, Rewrite::OnChange);
    let rotated = state
        .tokens
        .iter()
        .filter(|token| is_of_rotation(token, entry, &spec));
    let removals = rotated.map(|token| Step {
        side: Side::Remote,
        object: token.secret.reference(),
        manifest: Value::Null,
        action: Action::Remove {
            owner: read::owner(&token.secret),
        },
        resource_version: Some(token.secret.resource_version().to_owned()),
    });
    Ok(RestorePlan {
        secret: secret_step.object.clone(),
        steps: [secret_step].into_iter().chain(removals).collect(),
        istiod: istiod.map(|(deployment, _)| deployment),
        subject: state.reader.subject(),
        cluster_uid: state.cluster_uid.clone(),
        spec,
        token,
        kubeconfig,
    })
}

/// The newest token of the reader besides the stored one, and those of other primaries.
fn earlier_token<'a>(
    state: &'a JoinState,
    entry: &SecretEntry,
    spec: &MemberSpec,
) -> Option<&'a TokenSecret> {
    let is_ours = |token: &&TokenSecret| {
        let primary_id = token.secret.annotation(PRIMARY_ANNOTATION);
        primary_id.is_none_or(|id| id == spec.primary_id.as_str())
    };
    let others = state.tokens.iter().filter(is_ours).filter(|token| {
        token.token.is_some() && Some(token.secret.name()) != entry.token_secret.as_deref()
    });
    others.max_by_key(|token| token.secret.created())
}

/// Whether a token is the stored one, and was created for this primary.
fn is_of_rotation(token: &TokenSecret, entry: &SecretEntry, spec: &MemberSpec) -> bool {
    let primary_id = token.secret.annotation(PRIMARY_ANNOTATION);
    Some(token.secret.name()) == entry.token_secret.as_deref()
        && primary_id == Some(spec.primary_id.as_str())
}

/// Executes a plan. The token of the rotation is deleted only when every istiod has registered all endpoints.
///
/// # Errors
/// As [`rotate`](super::rotate()).
pub async fn restore(
    primary: &AsUser,
    remote: &AsUser,
    planned: &RestorePlan,
    timing: &Timing,
    stop: &CancellationToken,
    on_event: OnEvent<'_>,
) -> Result<RotateReport, Error> {
    let progress = Progress {
        steps: &planned.steps,
        stop,
        on_event,
    };
    let now = plan(primary, remote, &planned.spec).await?;
    ensure_unchanged(&planned.steps, &now.steps)?;
    let expected = ExpectedIdentity {
        subject: planned.subject.clone(),
        cluster_uid: &planned.cluster_uid,
        token: &planned.token,
        policy: planned.spec.policy,
    };
    let access = await_acceptance(&planned.kubeconfig, &expected, &progress).await?;
    let observed = observed(primary, remote, &planned.spec, timing.clock);
    let before = endpoints_before(&observed, planned.istiod.as_ref()).await;
    let mut steps = planned.steps.iter().enumerate();
    if let Some((number, step)) = steps.next() {
        progress.started(step)?;
        let live = primary.cluster().get(&step.object).await;
        let live = live.map_err(Error::at(Side::Primary))?;
        let id = planned.spec.id.as_str();
        let text = planned.kubeconfig.text(id);
        let written = remote_secret::write(primary.cluster(), step, live.as_ref(), id, &text);
        progress.done(number, step, written.await?);
    }
    let (spec, secret) = (&planned.spec, &planned.secret);
    let synced = await_sync(primary, remote, spec, secret, timing, &progress).await?;
    let after = match &planned.istiod {
        Some(istiod) => {
            let change = Change {
                before: &before,
                istiod,
                restarts: true,
            };
            Some(prove(primary, &observed, change, timing, &progress).await?)
        }
        None => None,
    };
    for (number, step) in steps {
        progress.started(step)?;
        delete(remote.cluster(), step).await?;
        progress.done(number, step, Outcome::Deleted);
    }
    Ok(RotateReport {
        token: planned.token.clone(),
        access,
        synced,
        before,
        after,
        old_is_refused: None,
    })
}
