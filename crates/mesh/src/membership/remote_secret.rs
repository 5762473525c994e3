//! The remote Secret of a member: its step, and the write of its kubeconfig.

use super::{
    Kubeconfig, MemberSpec,
    apply::apply,
    names::secret_ref,
    objects::{action_for, labels, missing_labels, step},
    state::{JoinState, SecretEntry},
};
use crate::{
    error::Error,
    facts::{Access, IstioGeneration},
    istio::{CLUSTER_ANNOTATION, MULTI_CLUSTER_LABEL, REMOTE_SECRET_PREFIX},
    step::{Action, Side, Step},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Cluster, Object};
use release::Outcome;
use serde_json::{Value, json};
use wire::Secret;

/// Whether a kubeconfig is written again although it does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// Only a change is written.
    OnChange,
    /// The bytes change in any case, so that the control plane reads the namespace's annotation again.
    Always,
}

/// The step of the remote Secret, and whether it rewrites an unchanged kubeconfig.
pub(crate) fn remote_secret_step(
    spec: &MemberSpec,
    kubeconfig: &Kubeconfig,
    state: &JoinState,
    token_name: &str,
    rewrite: Rewrite,
) -> (Step, bool) {
    let entry = state.entry.as_ref();
    let live = entry.map(|entry| &entry.secret);
    let usual_name = format!("{REMOTE_SECRET_PREFIX}{}", spec.id);
    let name = live.map_or(usual_name.as_str(), Object::name);
    let object = secret_ref(&spec.namespace, name);
    let manifest = manifest(spec, kubeconfig, &object.name, live);
    let mut changes = entry
        .map(|entry| changes(kubeconfig, entry, token_name))
        .unwrap_or_default();
    let rewrites = rewrite == Rewrite::Always && live.is_some() && changes.is_empty();
    if rewrites {
        changes.push("the kubeconfig's bytes, so that the annotation is read".to_owned());
    }
    let is_changed = !changes.is_empty();
    changes.extend(missing_marks(live, &manifest));
    let action = if spec.generation == IstioGeneration::Mixer && is_changed {
        // Istio 1.0 notices a Secret that is created or deleted, but not one that is updated.
        Action::Replace { changes }
    } else {
        action_for(live, changes)
    };
    let step = step(Side::Primary, manifest, object, live, action);
    (step, rewrites)
}

fn manifest(
    spec: &MemberSpec,
    kubeconfig: &Kubeconfig,
    name: &str,
    live: Option<&Object>,
) -> Value {
    let id = spec.id.as_str();
    let mut labels = labels(live);
    labels.insert(MULTI_CLUSTER_LABEL.to_owned(), json!("true"));
    // The type of a Secret is immutable.
    let secret_type = live.map_or("", |live| live.text("/type"));
    let secret_type = if secret_type.is_empty() {
        "Opaque"
    } else {
        secret_type
    };
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": secret_type,
        "metadata": {
            "name": name, "namespace": spec.namespace, "labels": labels,
            "annotations": {CLUSTER_ANNOTATION: id},
        },
        "stringData": {id: kubeconfig.redacted(id)},
    })
}

fn missing_marks(live: Option<&Object>, manifest: &Value) -> Vec<String> {
    let labels = manifest
        .pointer("/metadata/labels")
        .and_then(Value::as_object);
    let mut missing = labels
        .map(|labels| missing_labels(live, labels))
        .unwrap_or_default();
    let annotations = manifest.pointer("/metadata/annotations");
    let id = annotations
        .and_then(|annotations| annotations.get(CLUSTER_ANNOTATION))
        .and_then(Value::as_str);
    if live.is_some_and(|live| live.annotation(CLUSTER_ANNOTATION) != id) {
        missing.push(format!(
            "annotation {CLUSTER_ANNOTATION}={}",
            id.unwrap_or_default()
        ));
    }
    missing
}

/// The differences between the wanted and the stored kubeconfig, a line each.
fn changes(wanted: &Kubeconfig, entry: &SecretEntry, token_name: &str) -> Vec<String> {
    let Some(stored) = &entry.kubeconfig else {
        return vec!["the kubeconfig, which cannot be parsed".to_owned()];
    };
    let mut changes = Vec::new();
    if stored.server != wanted.server {
        changes.push(format!(
            "server {} in place of {}",
            wanted.server, stored.server
        ));
    }
    if stored.tls_server_name != wanted.tls_server_name {
        let name = wanted.tls_server_name.as_deref().unwrap_or("none");
        changes.push(format!("tls-server-name {name}"));
    }
    if changes.is_empty() && !stored.has_same_server(wanted) {
        changes.push("the CA".to_owned());
    }
    if entry.token_secret.as_deref() != Some(token_name) {
        changes.push(match &entry.access {
            Ok(Access::Rejected(_)) => {
                format!("the rejected token: replaced by that of {token_name}")
            }
            _ => format!("the token: that of Secret {token_name}"),
        });
    }
    changes
}

/// Writes a kubeconfig under its key into a remote Secret. Other keys stay; a Secret that is created
/// again keeps the labels and annotations of other tools.
pub(crate) async fn write(
    primary: &Cluster,
    step: &Step,
    live: Option<&Object>,
    key: &str,
    kubeconfig: &Secret<String>,
) -> Result<Outcome, Error> {
    let mut manifest = step.manifest.clone();
    if let Some(manifest) = manifest.as_object_mut() {
        manifest.remove("stringData");
    }
    manifest["data"] = json!({ key: STANDARD.encode(kubeconfig.reveal()) });
    if let (Action::Replace { .. }, Some(live)) = (&step.action, live) {
        for pointer in ["/data", "/metadata/labels", "/metadata/annotations"] {
            keep_existing(&mut manifest, live, pointer);
        }
    }
    apply(primary, step, manifest, None).await
}

/// Adds the entries that the live object has at a pointer and the manifest lacks.
fn keep_existing(manifest: &mut Value, live: &Object, pointer: &str) {
    let existing = live.value().pointer(pointer).and_then(Value::as_object);
    let wanted = manifest.pointer_mut(pointer).and_then(Value::as_object_mut);
    let (Some(existing), Some(wanted)) = (existing, wanted) else {
        return;
    };
    for (key, value) in existing {
        wanted.entry(key.clone()).or_insert_with(|| value.clone());
    }
}
