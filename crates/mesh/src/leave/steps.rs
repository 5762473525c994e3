//! Decides what leaving does to each object of a join. Pure, but for one look at who else uses the role.

use super::Leaving;
use crate::{
    error::Error,
    facts::{IstioGeneration, Owner, read},
    join::{
        names::{JOIN, LED_BY, NETWORK, Names, PRIMARY, RBAC, US, led_by, namespace_ref},
        state::{Entry, JoinState},
    },
    step::{Action, KeepReason, Side, Step},
};
use cluster::{Cluster, Object, ObjectRef};
use serde_json::{Value, json};

/// Who else is bound by the reader's role and binding.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    /// Whether another binding names the role.
    pub(super) role: bool,
}

/// Looks who else uses the reader's role.
pub(super) async fn shared(remote: &Cluster, names: &Names) -> Result<Shared, Error> {
    let mut shared = Shared::default();
    for kind in ["ClusterRoleBinding", "RoleBinding"] {
        let all = remote.list(RBAC, kind, None, "").await;
        let all = all.map_err(Error::at(Side::Remote))?;
        shared.role |= all.iter().any(|one| {
            let ours = kind == "ClusterRoleBinding" && one.name() == names.binding;
            let same = one.text("/roleRef/name") == names.role
                && one.text("/roleRef/kind") == "ClusterRole";
            same && !ours
        });
    }
    Ok(shared)
}

pub(super) fn of(leaving: &Leaving, found: &JoinState, shared: &Shared) -> Vec<Step> {
    let entries = found.entry.iter().chain(&found.also);
    let mut steps: Vec<Step> = entries.map(secret).collect();
    let others = others(leaving, found);
    steps.extend(tokens(leaving, found, &others));
    let parts = [
        found.binding.as_ref().map(|live| binding(found, live)),
        found.role.as_ref().map(|live| {
            let action = if shared.role {
                Action::Keep(KeepReason::Shared)
            } else {
                removed(live)
            };
            step(Side::Remote, live.reference(), live, action)
        }),
        found
            .account
            .as_ref()
            .map(|live| step(Side::Remote, live.reference(), live, removed(live))),
    ];
    for mut part in parts.into_iter().flatten() {
        if !others.is_empty() {
            part.action = Action::Keep(KeepReason::LedByOthers(others.clone()));
        } else if !is_ours(found, &part.action) {
            continue;
        }
        steps.push(part);
    }
    steps.extend(namespace(leaving, found, &others));
    let home = found.primary_namespace.as_ref();
    steps.extend(home.map(|live| {
        let object = namespace_ref(&leaving.namespace);
        step(
            Side::Primary,
            object,
            live,
            Action::Keep(KeepReason::Shared),
        )
    }));
    steps
}

/// What nobody of ours wrote is touched only when the join that is left used it.
fn is_ours(found: &JoinState, action: &Action) -> bool {
    match action {
        Action::Remove { owner } => found.entry.is_some() || *owner == Owner::Console,
        _ => true,
    }
}

/// Other control planes that lead the remote.
fn others(leaving: &Leaving, found: &JoinState) -> Vec<String> {
    let live = found.remote_namespace.as_ref();
    let mut names = led_by(live.and_then(|live| live.annotation(LED_BY)));
    let holders = found
        .tokens
        .iter()
        .filter_map(|one| one.secret.annotation(PRIMARY));
    names.extend(holders.map(str::to_owned));
    names.retain(|name| *name != leaving.primary_id);
    names.sort();
    names.dedup();
    names
}

fn step(side: Side, object: ObjectRef, live: &Object, action: Action) -> Step {
    Step {
        side,
        object,
        manifest: Value::Null,
        action,
        seen: Some(live.text("/metadata/resourceVersion").to_owned()),
    }
}

fn removed(live: &Object) -> Action {
    match read::owner(live) {
        Owner::Release(name, namespace) if live.label(JOIN).is_some() => Action::RemoveLabels {
            changes: vec![format!("label {JOIN}")],
            reason: KeepReason::OfRelease(name, namespace),
        },
        Owner::Release(name, namespace) => Action::Keep(KeepReason::OfRelease(name, namespace)),
        owner => Action::Remove { owner },
    }
}

/// A remote Secret goes, or loses the key when it holds others.
pub(super) fn secret(entry: &Entry) -> Step {
    let live = &entry.secret;
    let others = entry.other_keys();
    let action = if others.is_empty() {
        Action::Remove {
            owner: read::owner(live),
        }
    } else {
        Action::RemoveLabels {
            changes: vec![format!("key {}", entry.key)],
            reason: KeepReason::OtherKeys(others),
        }
    };
    step(Side::Primary, live.reference(), live, action)
}

/// The tokens of this control plane go, and all of the reader's when nobody else leads the remote;
/// another control plane's stays.
fn tokens(leaving: &Leaving, found: &JoinState, others: &[String]) -> Vec<Step> {
    let stored = found
        .entry
        .as_ref()
        .and_then(|entry| entry.token_secret.as_deref());
    let mut steps = Vec::new();
    for one in &found.tokens {
        let live = &one.secret;
        let holder = live.annotation(PRIMARY);
        let own = holder == Some(leaving.primary_id.as_str()) || Some(live.name()) == stored;
        let action = if own || (others.is_empty() && found.entry.is_some()) {
            Action::Remove {
                owner: read::owner(live),
            }
        } else if others.is_empty() {
            continue;
        } else {
            Action::Keep(KeepReason::LedByOthers(others.to_vec()))
        };
        steps.push(step(Side::Remote, live.reference(), live, action));
    }
    steps
}

/// The binding goes, or loses our subject when it binds others too.
fn binding(found: &JoinState, live: &Object) -> Step {
    let account = &found.names.account;
    let subjects = live.list("/subjects");
    let ours = json!(account);
    let others = subjects.iter().any(|one| one.get("name") != Some(&ours));
    let action = match removed(live) {
        Action::Remove { .. } if others => Action::RemoveLabels {
            changes: vec![format!("subject ServiceAccount {account}")],
            reason: KeepReason::Shared,
        },
        action => action,
    };
    step(Side::Remote, live.reference(), live, action)
}

/// The marks on the remote's namespace; the namespace stays.
fn namespace(leaving: &Leaving, found: &JoinState, others: &[String]) -> Option<Step> {
    let live = found.remote_namespace.as_ref()?;
    let mut changes = Vec::new();
    if leaving.generation == IstioGeneration::Istiod {
        let names = led_by(live.annotation(LED_BY));
        if names.contains(&leaving.primary_id) {
            changes.push(format!("annotation {LED_BY}: {}", leaving.primary_id));
        }
        if others.is_empty() && live.label(NETWORK).is_some() && is_written_by_us(live, NETWORK) {
            changes.push(format!("label {NETWORK}"));
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
    Some(step(
        Side::Remote,
        namespace_ref(&leaving.namespace),
        live,
        action,
    ))
}

/// Whether the console, and nobody else, owns a label.
fn is_written_by_us(live: &Object, label: &str) -> bool {
    let field = format!("f:{label}");
    let managers = live.list("/metadata/managedFields").iter().filter(|one| {
        let labels = one.pointer("/fieldsV1/f:metadata/f:labels");
        labels.is_some_and(|labels| labels.get(&field).is_some())
    });
    let mut names = managers.map(|one| one.get("manager").and_then(Value::as_str));
    let first = names.next().flatten();
    first == Some(US) && names.all(|name| name == Some(US))
}

#[cfg(test)]
mod tests;
