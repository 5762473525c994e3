//! Decides the steps of a join from its spec and the existing objects. Pure.

mod namespaces;

use super::{JoinSpec, Note};
use crate::{
    facts::{Access, IstioGeneration, host::host_of},
    istio::{reader::RBAC_API, reader_rules as rules},
    membership::{
        names::{PRIMARY_ANNOTATION, secret_ref},
        objects::{action_for, annotations, labels, missing_labels, step},
        remote_secret::{Rewrite, remote_secret_step},
        state::{JoinState, SecretEntry, TokenSecret},
        tokens::{next_token_name, token_manifest},
    },
    step::{Action, Side, Step},
};
use cluster::ObjectRef;
use namespaces::{new_networks, primary_namespace, remote_namespace};
use serde_json::{Value, json};
use wire::{Secret, address::Reach};

/// The steps of a join.
pub(super) struct Decision {
    pub(super) steps: Vec<Step>,
    pub(super) token: ObjectRef,
    pub(super) secret: ObjectRef,
    pub(super) rewrites: bool,
}

pub(super) fn decide(spec: &JoinSpec, state: &JoinState) -> Decision {
    let (token, token_step) = token(spec, state);
    let namespace = remote_namespace(spec, state);
    let generation = spec.member.generation;
    let is_namespace_changed =
        generation == IstioGeneration::Istiod && namespace.action != Action::Unchanged;
    let rewrite = if is_namespace_changed {
        Rewrite::Always
    } else {
        Rewrite::OnChange
    };
    let kubeconfig = spec.kubeconfig(Secret::new(String::new()));
    let (secret_step, rewrites) =
        remote_secret_step(&spec.member, &kubeconfig, state, &token.name, rewrite);
    Decision {
        token,
        secret: secret_step.object.clone(),
        steps: vec![
            namespace,
            account(state),
            role(spec, state),
            binding(state),
            token_step,
            primary_namespace(spec, state),
            secret_step,
        ],
        rewrites,
    }
}

pub(super) fn notes(spec: &JoinSpec, state: &JoinState, decision: &Decision) -> Vec<Note> {
    let mut notes = Vec::new();
    if is_loopback(&spec.server) {
        notes.push(Note::Loopback {
            server: spec.server.clone(),
        });
    }
    if spec.member.generation == IstioGeneration::Istiod {
        notes.push(Note::ReadsSecrets);
    }
    let role = state.role.as_ref();
    let rules = role.map(|role| role.list("/rules")).unwrap_or_default();
    let needed = rules::needed(spec.member.scope());
    let excess = rules::missing(&needed, rules);
    if !excess.is_empty() {
        notes.push(Note::ExcessRights {
            role: state.reader.role.clone(),
            rights: excess,
        });
    }
    if let Some(Ok(Access::Rejected(reason) | Access::UntrustedCertificate(reason))) =
        state.entry.as_ref().map(|entry| &entry.access)
    {
        notes.push(Note::StoredIsRefused {
            reason: reason.clone(),
        });
    }
    let duplicates = state.duplicates.iter().map(|entry| Note::JoinedTwice {
        name: entry.key.clone(),
        secret: entry.secret.reference(),
    });
    notes.extend(duplicates);
    let secret_action = decision.steps.last().map(|step| &step.action);
    if matches!(secret_action, Some(Action::Replace { .. })) {
        notes.push(Note::Gap);
    }
    if decision.rewrites {
        notes.push(Note::ReadAgain);
    }
    let networks = new_networks(decision);
    if !networks.is_empty() {
        notes.push(Note::NetworkOnRestart { networks });
    }
    notes
}

/// Whether an address is the loopback of the machine that dials it.
pub(super) fn is_loopback(server: &str) -> bool {
    let host = host_of(server).trim_matches(['[', ']']);
    let address = host.parse().map(Reach::of);
    matches!(address, Ok(Reach::Loopback | Reach::NotAHost)) || host == "localhost"
}

fn account(state: &JoinState) -> Step {
    let live = state.account.as_ref();
    let labels = labels(live);
    let action = action_for(live, missing_labels(live, &labels));
    let object = state.reader.account_ref();
    let manifest = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {"name": object.name, "namespace": object.namespace, "labels": labels,
                     "annotations": annotations(live)},
    });
    step(Side::Remote, manifest, object, live, action)
}

fn role(spec: &JoinSpec, state: &JoinState) -> Step {
    let live = state.role.as_ref();
    let labels = labels(live);
    let needed = rules::needed(spec.member.scope());
    let existing = live.map(|live| live.list("/rules")).unwrap_or_default();
    let mut missing = missing_labels(live, &labels);
    if live.is_some() {
        missing.extend(rules::missing(existing, &needed));
    }
    let object = state.reader.role_ref();
    let manifest = json!({
        "apiVersion": RBAC_API, "kind": "ClusterRole",
        "metadata": {"name": object.name, "labels": labels, "annotations": annotations(live)},
        "rules": rules::union(existing, &needed),
    });
    let action = action_for(live, missing);
    step(Side::Remote, manifest, object, live, action)
}

fn binding(state: &JoinState) -> Step {
    let live = state.binding.as_ref();
    let labels = labels(live);
    let reader = &state.reader;
    let subject = json!({"kind": "ServiceAccount", "name": reader.account,
                         "namespace": reader.namespace});
    let mut subjects = live
        .map(|live| live.list("/subjects").to_vec())
        .unwrap_or_default();
    let mut missing = missing_labels(live, &labels);
    let is_reader = |other: &Value| {
        let same = |key: &str| other.get(key) == subject.get(key);
        same("kind") && same("name") && same("namespace")
    };
    if !subjects.iter().any(is_reader) {
        missing.extend(live.map(|_| format!("subject ServiceAccount {}", reader.account)));
        subjects.push(subject.clone());
    }
    let role = live.map_or(reader.role.as_str(), |live| live.text("/roleRef/name"));
    let action = if role == reader.role {
        action_for(live, missing)
    } else {
        // The role of a binding is immutable.
        Action::Replace {
            changes: vec![format!("role {} in place of {role}", reader.role)],
        }
    };
    let object = reader.binding_ref();
    let manifest = json!({
        "apiVersion": RBAC_API, "kind": "ClusterRoleBinding",
        "metadata": {"name": object.name, "labels": labels, "annotations": annotations(live)},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                    "name": reader.role},
        "subjects": subjects,
    });
    step(Side::Remote, manifest, object, live, action)
}

/// The token Secret: that of the stored token, else one that was created for this control plane, else a
/// new one.
fn token(spec: &JoinSpec, state: &JoinState) -> (ObjectRef, Step) {
    let is_accepted = |entry: &SecretEntry| !matches!(entry.access, Ok(Access::Rejected(_)));
    let stored = state.entry.as_ref().filter(|entry| is_accepted(entry));
    let stored = stored.and_then(|entry| entry.token_secret.as_deref());
    let primary_id = Some(spec.member.primary_id.as_str());
    let is_own = |token: &&TokenSecret| token.secret.annotation(PRIMARY_ANNOTATION) == primary_id;
    let mut tokens = state.tokens.iter();
    let live = match stored {
        Some(name) => tokens.find(|token| token.secret.name() == name),
        None => tokens.find(is_own),
    };
    let live = live.map(|token| &token.secret);
    let name = live.map_or_else(|| next_token_name(state), |live| live.name().to_owned());
    let labels = labels(live);
    let action = action_for(live, missing_labels(live, &labels));
    let object = secret_ref(&state.reader.namespace, &name);
    let manifest = token_manifest(&spec.member, state, &name, live);
    let step = step(Side::Remote, manifest, object.clone(), live, action);
    (object, step)
}

#[cfg(test)]
mod tests;
