//! The reader's token Secrets: their manifests, and the waits until a token exists, is accepted, or is
//! revoked.

use super::{
    Kubeconfig, MemberSpec,
    names::{PRIMARY_ANNOTATION, SERVICE_ACCOUNT_ANNOTATION, TOKEN_SECRET_TYPE},
    objects::labels,
    progress::Progress,
    state::{JoinState, access, decoded},
};
use crate::{
    error::Error,
    facts::{Access, Fact},
    step::Side,
};
use cluster::{AddressPolicy, Cluster, Object, ObjectRef};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::time::Instant;
use wire::Secret;
use wire::job::Awaited;

/// How long the cluster may take to write a token into its Secret.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a new token, or a new right, may take until the API server accepts it.
pub(crate) const ACCEPTANCE_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an API server may accept a token after it was deleted.
const REVOCATION_TIMEOUT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(200);
const REVOCATION_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The first free name for a token Secret.
pub(crate) fn next_token_name(state: &JoinState) -> String {
    let name = |number: usize| format!("{}-token-{number}", state.reader.account);
    // One number more than there are Secrets: at least one is free.
    let free = (1..=state.secret_names.len() + 1)
        .map(name)
        .find(|name| !state.secret_names.contains(name));
    free.unwrap_or_default()
}

/// The manifest of a token Secret; the cluster writes the token into it.
pub(crate) fn token_manifest(
    spec: &MemberSpec,
    state: &JoinState,
    name: &str,
    live: Option<&Object>,
) -> Value {
    let mut annotations = Map::new();
    annotations.insert(
        SERVICE_ACCOUNT_ANNOTATION.to_owned(),
        json!(state.reader.account),
    );
    if live.is_none_or(|live| live.annotation(PRIMARY_ANNOTATION).is_some()) {
        annotations.insert(PRIMARY_ANNOTATION.to_owned(), json!(spec.primary_id));
    }
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": TOKEN_SECRET_TYPE,
        "metadata": {
            "name": name, "namespace": state.reader.namespace,
            "labels": labels(live), "annotations": annotations,
        },
    })
}

/// Waits until the cluster has written a token into its Secret.
///
/// # Errors
/// [`Error::NoToken`] after the timeout.
pub(crate) async fn await_token(
    remote: &Cluster,
    secret: &ObjectRef,
    progress: &Progress<'_>,
) -> Result<Secret<String>, Error> {
    let started = Instant::now();
    let mut reported = false;
    loop {
        let live = remote.get(secret).await.map_err(Error::at(Side::Remote))?;
        let populated = live.as_ref().filter(|live| !live.data("ca.crt").is_empty());
        let token = populated.and_then(|live| decoded(live, "token"));
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            return Ok(Secret::new(token));
        }
        if started.elapsed() >= TOKEN_TIMEOUT {
            return Err(Error::NoToken {
                object: secret.clone(),
                waited: TOKEN_TIMEOUT,
            });
        }
        if !reported {
            progress.waiting(secret, Awaited::Token);
            reported = true;
        }
        progress.pause(POLL_INTERVAL).await?;
    }
}

/// The identity that a remote has to see in a new token.
pub(crate) struct ExpectedIdentity<'a> {
    /// The subject of the token.
    pub(crate) subject: String,
    /// The UID of the remote.
    pub(crate) cluster_uid: &'a str,
    /// The Secret of the token.
    pub(crate) token: &'a ObjectRef,
    pub(crate) policy: AddressPolicy,
}

/// Waits until the remote accepts a new kubeconfig.
///
/// # Errors
/// [`Error::UntrustedCertificate`] and [`Error::OtherCluster`] at once, [`Error::TokenRejected`] after the
/// timeout.
pub(crate) async fn await_acceptance(
    kubeconfig: &Kubeconfig,
    expected: &ExpectedIdentity<'_>,
    progress: &Progress<'_>,
) -> Result<Fact<Access>, Error> {
    let started = Instant::now();
    loop {
        let reason = match access(kubeconfig, expected.policy).await {
            Ok(Access::Rejected(message)) => message,
            Ok(Access::UntrustedCertificate(reason)) => {
                return Err(Error::UntrustedCertificate {
                    server: kubeconfig.server.clone(),
                    reason,
                });
            }
            Ok(Access::Accepted { uid: Some(uid), .. }) if uid != expected.cluster_uid => {
                return Err(Error::OtherCluster {
                    server: kubeconfig.server.clone(),
                });
            }
            Ok(Access::Accepted { user_info, .. }) if user_info.user != expected.subject => {
                format!("its user is {}", user_info.user)
            }
            access => return Ok(access),
        };
        if started.elapsed() >= ACCEPTANCE_TIMEOUT {
            return Err(Error::TokenRejected {
                object: expected.token.clone(),
                reason,
            });
        }
        progress.waiting(expected.token, Awaited::TokenAccepted);
        progress.pause(POLL_INTERVAL).await?;
    }
}

/// Waits until the remote rejects a stored token that was deleted; false when it still accepts the token
/// after the timeout.
pub(crate) async fn await_revocation(
    stored: &Kubeconfig,
    token: &ObjectRef,
    policy: AddressPolicy,
    progress: &Progress<'_>,
) -> Result<Fact<bool>, Error> {
    let started = Instant::now();
    loop {
        match access(stored, policy).await {
            Ok(Access::Rejected(_)) => return Ok(Ok(true)),
            Err(unknown) => return Ok(Err(unknown)),
            Ok(_) if started.elapsed() >= REVOCATION_TIMEOUT => return Ok(Ok(false)),
            Ok(_) => {}
        }
        progress.waiting(token, Awaited::TokenRevoked);
        progress.pause(REVOCATION_POLL_INTERVAL).await?;
    }
}
