//! Decides the steps of a join out of what is wanted and what is there. Pure.

mod namespaces;
mod secret;

pub(crate) use secret::{kubeconfig, secret};

use namespaces::{networks_that_come, primary_namespace, remote_namespace};

use super::{
    JoinSpec, Note,
    names::{ACCOUNT, JOIN, MANAGED_BY, PRIMARY, RBAC, TOKEN, US, secret_ref},
    rules,
    state::{Entry, JoinState, Token},
};
use crate::{
    doctor::host_of,
    facts::{Access, IstioGeneration, Owner, read},
    step::{Action, Side, Step},
};
use cluster::{Object, ObjectRef};
use serde_json::{Map, Value, json};
use wire::address::Reach;

/// What was decided.
pub(super) struct Decided {
    pub(super) steps: Vec<Step>,
    pub(super) token: ObjectRef,
    pub(super) secret: ObjectRef,
    pub(super) again: bool,
}

pub(super) fn of(wanted: &JoinSpec, found: &JoinState) -> Decided {
    let (token, token_step) = token(wanted, found);
    let namespace = remote_namespace(wanted, found);
    let led_anew =
        wanted.generation == IstioGeneration::Istiod && namespace.action != Action::Unchanged;
    let (secret, again) = secret(wanted, found, &token.name, led_anew);
    let steps = vec![
        namespace,
        account(found),
        role(wanted, found),
        binding(found),
        token_step,
        primary_namespace(wanted, found),
        secret,
    ];
    Decided {
        token,
        secret: steps[6].object.clone(),
        steps,
        again,
    }
}

pub(super) fn notes(wanted: &JoinSpec, found: &JoinState, decided: &Decided) -> Vec<Note> {
    let mut notes = Vec::new();
    if is_loopback(&wanted.server) {
        notes.push(Note::Loopback {
            server: wanted.server.clone(),
        });
    }
    if wanted.generation == IstioGeneration::Istiod {
        notes.push(Note::ReadsSecrets);
    }
    if let Some(Ok(Access::Rejected(said) | Access::UntrustedCertificate(said))) =
        found.entry.as_ref().map(|entry| &entry.access)
    {
        notes.push(Note::StoredIsRefused { said: said.clone() });
    }
    let twice = found.also.iter().map(|entry| Note::JoinedTwice {
        name: entry.key.clone(),
        secret: entry.secret.reference(),
    });
    notes.extend(twice);
    let last = decided.steps.last().map(|step| &step.action);
    if matches!(last, Some(Action::Replace { .. })) {
        notes.push(Note::Gap);
    }
    if decided.again {
        notes.push(Note::ReadAgain);
    }
    let networks = networks_that_come(decided);
    if !networks.is_empty() {
        notes.push(Note::NetworkOnRestart { networks });
    }
    notes
}

/// Whether an address leads to the machine that dials it.
pub(super) fn is_loopback(server: &str) -> bool {
    let host = host_of(server);
    let host = host.trim_matches(['[', ']']);
    let address = host.parse().map(Reach::of);
    matches!(address, Ok(Reach::Loopback | Reach::NotAHost)) || host == "localhost"
}

/// The names of the field managers of an object, each once.
pub(crate) fn managers(object: &Object) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for field in object.list("/metadata/managedFields") {
        let name = field.get("manager").and_then(Value::as_str);
        if let Some(name) = name.filter(|name| !names.iter().any(|known| known == name)) {
            names.push(name.to_owned());
        }
    }
    names
}

/// What is done to an object that is to be so, when it lacks `missing`.
fn judged(live: Option<&Object>, missing: Vec<String>) -> Action {
    let Some(live) = live else {
        return Action::Create;
    };
    if missing.is_empty() {
        return Action::Unchanged;
    }
    match read::owner(live) {
        Owner::Console => Action::Update { changes: missing },
        Owner::Release(..) | Owner::Manager(_) => Action::Adopt {
            managers: managers(live),
            missing,
        },
    }
}

fn step(
    side: Side,
    manifest: Value,
    object: ObjectRef,
    live: Option<&Object>,
    action: Action,
) -> Step {
    let seen = live.map(|live| live.text("/metadata/resourceVersion").to_owned());
    Step {
        side,
        object,
        manifest,
        action,
        seen,
    }
}

/// Our labels on an object: whoever keeps it already stays named.
fn labels(live: Option<&Object>) -> Map<String, Value> {
    let mut labels = Map::new();
    labels.insert(JOIN.to_owned(), json!("true"));
    let keeper = live.and_then(|live| live.label(MANAGED_BY));
    if keeper.is_none_or(|keeper| keeper == US) {
        labels.insert(MANAGED_BY.to_owned(), json!(US));
    }
    labels
}

fn missing_labels(live: Option<&Object>, wanted: &Map<String, Value>) -> Vec<String> {
    let Some(live) = live else { return Vec::new() };
    let lacking = wanted
        .iter()
        .filter(|(key, value)| live.label(key) != value.as_str());
    let say = |(key, value): (&String, &Value)| {
        format!("label {key}={}", value.as_str().unwrap_or_default())
    };
    lacking.map(say).collect()
}

fn account(found: &JoinState) -> Step {
    let live = found.account.as_ref();
    let labels = labels(live);
    let action = judged(live, missing_labels(live, &labels));
    let object = found.names.account_ref();
    let manifest = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {"name": object.name, "namespace": object.namespace, "labels": labels},
    });
    step(Side::Remote, manifest, object, live, action)
}

fn role(wanted: &JoinSpec, found: &JoinState) -> Step {
    let live = found.role.as_ref();
    let labels = labels(live);
    let needed = rules::needed(wanted.generation);
    let there = live.map(|live| live.list("/rules")).unwrap_or_default();
    let mut missing = missing_labels(live, &labels);
    if live.is_some() {
        missing.extend(rules::missing(there, &needed));
    }
    let object = found.names.role_ref();
    let manifest = json!({
        "apiVersion": RBAC, "kind": "ClusterRole",
        "metadata": {"name": object.name, "labels": labels},
        "rules": rules::union(there, &needed),
    });
    step(Side::Remote, manifest, object, live, judged(live, missing))
}

fn binding(found: &JoinState) -> Step {
    let live = found.binding.as_ref();
    let labels = labels(live);
    let names = &found.names;
    let subject = json!({"kind": "ServiceAccount", "name": names.account,
                         "namespace": names.namespace});
    let mut subjects = live
        .map(|live| live.list("/subjects").to_vec())
        .unwrap_or_default();
    let mut missing = missing_labels(live, &labels);
    let is_ours = |one: &Value| {
        let same = |key: &str| one.get(key) == subject.get(key);
        same("kind") && same("name") && same("namespace")
    };
    if !subjects.iter().any(is_ours) {
        missing.extend(live.map(|_| format!("subject ServiceAccount {}", names.account)));
        subjects.push(subject.clone());
    }
    let role = live.map_or(names.role.as_str(), |live| live.text("/roleRef/name"));
    let action = if role == names.role {
        judged(live, missing)
    } else {
        // The role of a binding cannot change.
        let line = format!("role {} in place of {role}", names.role);
        Action::Replace {
            changes: vec![line],
        }
    };
    let object = names.binding_ref();
    let manifest = json!({
        "apiVersion": RBAC, "kind": "ClusterRoleBinding",
        "metadata": {"name": object.name, "labels": labels},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                    "name": names.role},
        "subjects": subjects,
    });
    step(Side::Remote, manifest, object, live, action)
}

/// The next name for a token Secret that is free.
pub(crate) fn next_token(found: &JoinState) -> String {
    let name = |number: usize| format!("{}-token-{number}", found.names.account);
    // One more than there are Secrets: one of the numbers is free.
    let free = (1..=found.taken.len() + 1)
        .map(name)
        .find(|name| !found.taken.contains(name));
    free.unwrap_or_default()
}

/// The token Secret: the one whose token is stored, else one that was made for this control plane,
/// else a new one.
fn token(wanted: &JoinSpec, found: &JoinState) -> (ObjectRef, Step) {
    let accepted = |entry: &Entry| !matches!(entry.access, Ok(Access::Rejected(_)));
    let stored = found.entry.as_ref().filter(|entry| accepted(entry));
    let stored = stored.and_then(|entry| entry.token_secret.as_deref());
    let ours = |one: &&Token| one.secret.annotation(PRIMARY) == Some(wanted.primary_id.as_str());
    let live = match stored {
        Some(name) => found.tokens.iter().find(|one| one.secret.name() == name),
        None => found.tokens.iter().find(ours),
    };
    let live = live.map(|one| &one.secret);
    let name = live.map_or_else(|| next_token(found), |live| live.name().to_owned());
    let labels = labels(live);
    let action = judged(live, missing_labels(live, &labels));
    let object = secret_ref(&found.names.namespace, &name);
    let manifest = token_manifest(wanted, found, &name, live);
    (
        object.clone(),
        step(Side::Remote, manifest, object, live, action),
    )
}

/// A token Secret as it is asked for: the cluster fills it.
pub(crate) fn token_manifest(
    wanted: &JoinSpec,
    found: &JoinState,
    name: &str,
    live: Option<&Object>,
) -> Value {
    let mut annotations = Map::new();
    annotations.insert(ACCOUNT.to_owned(), json!(found.names.account));
    if live.is_none_or(|live| live.annotation(PRIMARY).is_some()) {
        annotations.insert(PRIMARY.to_owned(), json!(wanted.primary_id));
    }
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": TOKEN,
        "metadata": {
            "name": name, "namespace": found.names.namespace,
            "labels": labels(live), "annotations": annotations,
        },
    })
}

#[cfg(test)]
mod tests;
