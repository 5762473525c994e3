//! Decides what a leave does to each object of a join. Pure, except for [`shared_role`].

use crate::{
    error::Error,
    facts::{IstioGeneration, Owner},
    gather::read,
    istio::{
        CONTROL_PLANE_CLUSTERS_ANNOTATION, NETWORK_LABEL, control_plane_clusters,
        reader::{RBAC_API, ReaderNames},
    },
    membership::{
        MemberSpec,
        names::{ADOPTED_ANNOTATION, JOIN_LABEL, PRIMARY_ANNOTATION, namespace_ref},
        objects,
        state::{JoinState, SecretEntry},
    },
    step::{Action, KeepReason, Side, Step},
};
use cluster::{Cluster, FIELD_MANAGER, Kind, Object};
use k8s_openapi::api::rbac::v1::RoleRef;
use serde::Deserialize;
use serde_json::{Value, json};

/// Whether another binding uses the reader's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoleUse {
    /// Only the reader's binding.
    ReaderOnly,
    /// Other bindings too.
    Shared,
}

/// The field that both kinds of bindings have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Binding {
    role_ref: RoleRef,
}

/// Reads whether another binding uses the reader's role.
pub(super) async fn shared_role(remote: &Cluster, reader: &ReaderNames) -> Result<RoleUse, Error> {
    for kind in [
        Kind::CLUSTER_ROLE_BINDING,
        Kind::new(RBAC_API, "RoleBinding"),
    ] {
        let bindings = remote.list_objects(kind, None, "").await;
        let bindings = bindings.map_err(Error::at(Side::Remote))?;
        for binding in &bindings {
            let Binding { role_ref } = binding.typed().map_err(Error::at(Side::Remote))?;
            let is_cluster_wide = kind == Kind::CLUSTER_ROLE_BINDING;
            let is_reader = is_cluster_wide && binding.name() == reader.binding;
            let has_role = role_ref.name == reader.role && role_ref.kind == "ClusterRole";
            if has_role && !is_reader {
                return Ok(RoleUse::Shared);
            }
        }
    }
    Ok(RoleUse::ReaderOnly)
}

pub(super) fn decide(spec: &MemberSpec, state: &JoinState, role_use: RoleUse) -> Vec<Step> {
    let entries = state.entry.iter().chain(&state.duplicates);
    let mut steps: Vec<Step> = entries.map(remote_secret).collect();
    let others = other_control_planes(spec, state);
    steps.extend(tokens(spec, state, &others));
    let role_action = |live: &Object| match role_use {
        RoleUse::Shared => Action::Keep(KeepReason::Shared),
        RoleUse::ReaderOnly => removal(live),
    };
    let reader = [
        state.binding.as_ref().map(|live| binding(state, live)),
        state
            .role
            .as_ref()
            .map(|live| step(Side::Remote, live, role_action(live))),
        state
            .account
            .as_ref()
            .map(|live| step(Side::Remote, live, removal(live))),
    ];
    for mut step in reader.into_iter().flatten() {
        if !others.is_empty() {
            step.action = Action::Keep(KeepReason::LedByOthers(others.clone()));
        } else if !belongs_to_join(state, &step.action) {
            continue;
        }
        steps.push(step);
    }
    steps.extend(remote_namespace(spec, state, &others));
    let primary_namespace = state.primary_namespace.as_ref();
    steps.extend(primary_namespace.map(|live| Step {
        object: namespace_ref(&spec.namespace),
        ..step(Side::Primary, live, Action::Keep(KeepReason::Shared))
    }));
    steps
}

/// An object that the console did not write is removed only when the remote had joined with it.
fn belongs_to_join(state: &JoinState, action: &Action) -> bool {
    match action {
        Action::Remove { owner } => state.entry.is_some() || *owner == Owner::Console,
        _ => true,
    }
}

/// The IDs of the other control planes that use the remote.
fn other_control_planes(spec: &MemberSpec, state: &JoinState) -> Vec<String> {
    let live = state.remote_namespace.as_ref();
    let annotation = live.and_then(|live| live.annotation(CONTROL_PLANE_CLUSTERS_ANNOTATION));
    let mut ids = control_plane_clusters(annotation);
    let token_users = state
        .tokens
        .iter()
        .filter_map(|token| token.secret.annotation(PRIMARY_ANNOTATION));
    ids.extend(token_users.map(str::to_owned));
    ids.retain(|id| id != spec.primary_id.as_str());
    ids.sort();
    ids.dedup();
    ids
}

fn step(side: Side, live: &Object, action: Action) -> Step {
    objects::step(side, Value::Null, live.reference(), Some(live), action)
}

fn removal(live: &Object) -> Action {
    match read::owner(live) {
        Owner::Release(name, namespace) if live.label(JOIN_LABEL).is_some() => {
            let mut changes = vec![format!("label {JOIN_LABEL}")];
            if live.annotation(ADOPTED_ANNOTATION).is_some() {
                changes.push(format!("annotation {ADOPTED_ANNOTATION}"));
            }
            Action::RemoveLabels {
                changes,
                reason: KeepReason::OfRelease(name, namespace),
            }
        }
        Owner::Release(name, namespace) => Action::Keep(KeepReason::OfRelease(name, namespace)),
        owner => Action::Remove { owner },
    }
}

/// A remote Secret is removed, or only its key when it has other keys.
pub(super) fn remote_secret(entry: &SecretEntry) -> Step {
    let live = &entry.secret;
    let other_keys = entry.other_keys();
    let action = if other_keys.is_empty() {
        Action::Remove {
            owner: read::owner(live),
        }
    } else {
        Action::RemoveLabels {
            changes: vec![format!("key {}", entry.key)],
            reason: KeepReason::OtherKeys(other_keys),
        }
    };
    step(Side::Primary, live, action)
}

/// The tokens of this control plane are removed, and all of the reader's when no other control plane uses
/// the remote; the tokens of other control planes stay.
fn tokens(spec: &MemberSpec, state: &JoinState, others: &[String]) -> Vec<Step> {
    let stored = state
        .entry
        .as_ref()
        .and_then(|entry| entry.token_secret.as_deref());
    let mut steps = Vec::new();
    for token in &state.tokens {
        let live = &token.secret;
        let user = live.annotation(PRIMARY_ANNOTATION);
        let is_own = user == Some(spec.primary_id.as_str()) || Some(live.name()) == stored;
        let action = if is_own || (others.is_empty() && state.entry.is_some()) {
            Action::Remove {
                owner: read::owner(live),
            }
        } else if others.is_empty() {
            continue;
        } else {
            Action::Keep(KeepReason::LedByOthers(others.to_vec()))
        };
        steps.push(step(Side::Remote, live, action));
    }
    steps
}

/// The binding is removed, or only its subject when it has other subjects.
fn binding(state: &JoinState, live: &Object) -> Step {
    let account = &state.reader.account;
    let name = json!(account);
    let subjects = live.list("/subjects");
    let has_others = subjects
        .iter()
        .any(|subject| subject.get("name") != Some(&name));
    let action = match removal(live) {
        Action::Remove { .. } if has_others => Action::RemoveLabels {
            changes: vec![format!("subject ServiceAccount {account}")],
            reason: KeepReason::Shared,
        },
        action => action,
    };
    step(Side::Remote, live, action)
}

/// The annotation and the label of the remote's namespace are removed; the namespace stays.
fn remote_namespace(spec: &MemberSpec, state: &JoinState, others: &[String]) -> Option<Step> {
    let live = state.remote_namespace.as_ref()?;
    let mut changes = Vec::new();
    if spec.generation == IstioGeneration::Istiod {
        let annotation = live.annotation(CONTROL_PLANE_CLUSTERS_ANNOTATION);
        let primary_id = spec.primary_id.as_str();
        if control_plane_clusters(annotation)
            .iter()
            .any(|id| id == primary_id)
        {
            changes.push(format!(
                "annotation {CONTROL_PLANE_CLUSTERS_ANNOTATION}: {primary_id}"
            ));
        }
        let has_network = live.label(NETWORK_LABEL).is_some();
        if others.is_empty() && has_network && is_written_by_console(live, NETWORK_LABEL) {
            changes.push(format!("label {NETWORK_LABEL}"));
        }
    }
    let action = if changes.is_empty() {
        Action::Keep(KeepReason::Shared)
    } else {
        Action::RemoveLabels {
            changes,
            reason: KeepReason::Shared,
        }
    };
    Some(Step {
        object: namespace_ref(&spec.namespace),
        ..step(Side::Remote, live, action)
    })
}

/// Whether the console is the only field manager of a label.
fn is_written_by_console(live: &Object, label: &str) -> bool {
    let entries = live.managed_fields();
    let entries = entries.filter(|entry| entry.contain(&["metadata", "labels", label]));
    let mut managers = entries.map(|entry| entry.manager);
    managers.next() == Some(FIELD_MANAGER) && managers.all(|manager| manager == FIELD_MANAGER)
}

#[cfg(test)]
mod tests;
