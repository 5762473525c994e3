//! Which tool joined a remote, and whether its join is clear enough to be adopted. Pure.

use crate::{
    error::Error,
    facts::{Access, JoinTraits},
    gather::read,
    istio::CLUSTER_ANNOTATION,
    membership::{
        MemberSpec,
        state::{JoinState, SecretEntry},
    },
};
use wire::mesh::JoiningTool;

/// The tool that joined the remote, when its join is clear: one remote Secret, with the token of a ServiceAccount
/// in the control plane's namespace of this very cluster.
pub(super) fn examine(spec: &MemberSpec, state: &JoinState) -> Result<JoiningTool, Error> {
    let name = || spec.id.to_string();
    let entry = state.entry.as_ref();
    let entry = entry.ok_or_else(|| Error::NotJoined { name: name() })?;
    let secret = entry.secret.reference();
    if let Some(other) = state.duplicates.first() {
        return Err(Error::JoinedTwice {
            name: name(),
            secret,
            other: other.secret.reference(),
        });
    }
    if let Some(field) = other_credential(spec, entry) {
        return Err(Error::WithoutToken { secret, field });
    }
    let is_reader_token = entry.token_secret.is_some();
    let subject = entry.subject();
    let wanted = format!("system:serviceaccount:{}:", spec.namespace);
    if !is_reader_token && !subject.starts_with(&wanted) {
        return Err(Error::ForeignReader {
            secret,
            subject,
            namespace: spec.namespace.clone(),
        });
    }
    let reason = match &entry.access {
        _ if is_reader_token => None,
        Ok(Access::Accepted { uid: Some(uid), .. }) if *uid == state.cluster_uid => None,
        Ok(Access::Accepted { .. }) => Some("its UID may not be read".to_owned()),
        Ok(Access::Rejected(reason) | Access::UntrustedCertificate(reason)) => Some(reason.clone()),
        Err(unknown) => Some(unknown.reason.clone()),
    };
    match reason {
        None => Ok(tool(state, entry)),
        Some(reason) => Err(Error::JoinUnproven {
            name: name(),
            secret,
            reason,
        }),
    }
}

/// The field of a kubeconfig that takes the place of a token; none for a kubeconfig with a token.
fn other_credential(spec: &MemberSpec, entry: &SecretEntry) -> Option<String> {
    let has_token = entry
        .kubeconfig
        .as_ref()
        .is_some_and(|kubeconfig| !kubeconfig.token.reveal().is_empty());
    let facts = read::remote_secret(&entry.secret, spec.policy).ok();
    let facts = facts.and_then(|(facts, _)| {
        let mut entries = facts.entries.into_iter();
        entries
            .find(|facts| facts.key == entry.key)?
            .kubeconfig
            .ok()
    });
    let rejected = facts.and_then(|facts| facts.rejected.into_iter().next());
    match rejected {
        Some(rejected) => {
            let field = rejected.split_once(':').map(|(field, _)| field.to_owned());
            Some(field.unwrap_or(rejected))
        }
        None => (!has_token).then(|| "client-certificate-data".to_owned()),
    }
}

/// The tool that joined the remote.
pub(super) fn tool(state: &JoinState, entry: &SecretEntry) -> JoiningTool {
    let annotation = entry.secret.annotation(CLUSTER_ANNOTATION);
    let traits = JoinTraits {
        key: &entry.key,
        secret: entry.secret.name(),
        annotation: annotation.unwrap_or_default(),
        account: &state.reader.account,
    };
    traits.tool()
}
