//! The remote Secret: what it is to hold, and what of it changes. Pure.

use super::{
    super::{
        JoinSpec,
        kubeconfig::Kubeconfig,
        names::{CLUSTER, MULTI_CLUSTER, secret_ref},
        state::{Entry, JoinState},
    },
    judged, labels, missing_labels, step,
};
use crate::{
    facts::{Access, IstioGeneration},
    step::{Action, Side, Step},
};
use cluster::Object;
use serde_json::{Value, json};
use wire::Secret;

/// The kubeconfig that is wanted, with this token.
pub(crate) fn kubeconfig(wanted: &JoinSpec, token: Secret<String>) -> Kubeconfig {
    Kubeconfig {
        server: wanted.server.clone(),
        tls_server_name: wanted.tls_server_name.clone(),
        ca_bundle: wanted.ca_bundle.clone(),
        token,
    }
}

/// The remote Secret, and whether its bytes have to change although it says the same.
pub(crate) fn secret(
    wanted: &JoinSpec,
    found: &JoinState,
    token: &str,
    led_anew: bool,
) -> (Step, bool) {
    let entry = found.entry.as_ref();
    let live = entry.map(|entry| &entry.secret);
    let name = wanted.name.as_str();
    let usual = format!("istio-remote-secret-{name}");
    let object = secret_ref(&wanted.namespace, live.map_or(&usual, |live| live.name()));
    let manifest = secret_manifest(wanted, &object.name, live);
    let mut changed = entry
        .map(|entry| differs(wanted, entry, token))
        .unwrap_or_default();
    let again = led_anew && live.is_some() && changed.is_empty();
    if again {
        changed.push("the kubeconfig's bytes, so that the annotation is read".to_owned());
    }
    let missing = marks_missing(live, &manifest);
    let action = if wanted.generation == IstioGeneration::Mixer && !changed.is_empty() {
        // The old line looks at a Secret when it comes and when it goes, not when it changes.
        changed.extend(missing);
        Action::Replace { changes: changed }
    } else {
        changed.extend(missing);
        judged(live, changed)
    };
    (step(Side::Primary, manifest, object, live, action), again)
}

fn secret_manifest(wanted: &JoinSpec, object: &str, live: Option<&Object>) -> Value {
    let name = wanted.name.as_str();
    let mut labels = labels(live);
    labels.insert(MULTI_CLUSTER.to_owned(), json!("true"));
    let shown = kubeconfig(wanted, Secret::new(String::new())).covered(name);
    // The type of a Secret cannot change.
    let sort = live.map_or("", |live| live.text("/type"));
    let sort = if sort.is_empty() { "Opaque" } else { sort };
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": sort,
        "metadata": {
            "name": object, "namespace": wanted.namespace, "labels": labels,
            "annotations": {CLUSTER: name},
        },
        "stringData": {name: shown},
    })
}

fn marks_missing(live: Option<&Object>, manifest: &Value) -> Vec<String> {
    let labels = manifest
        .pointer("/metadata/labels")
        .and_then(Value::as_object);
    let mut missing = labels
        .map(|labels| missing_labels(live, labels))
        .unwrap_or_default();
    let name = manifest
        .pointer("/metadata/annotations")
        .and_then(|all| all.get(CLUSTER));
    let name = name.and_then(Value::as_str);
    if live.is_some_and(|live| live.annotation(CLUSTER) != name) {
        missing.push(format!("annotation {CLUSTER}={}", name.unwrap_or_default()));
    }
    missing
}

/// What of the stored kubeconfig is not as wanted, a line each.
fn differs(wanted: &JoinSpec, entry: &Entry, token: &str) -> Vec<String> {
    let Some(stored) = &entry.kubeconfig else {
        return vec!["the kubeconfig, which cannot be read".to_owned()];
    };
    let mut lines = Vec::new();
    let planned = kubeconfig(wanted, stored.token.clone());
    if stored.server != planned.server {
        lines.push(format!(
            "server {} in place of {}",
            planned.server, stored.server
        ));
    }
    if stored.tls_server_name != planned.tls_server_name {
        let name = planned.tls_server_name.as_deref().unwrap_or("none");
        lines.push(format!("tls-server-name {name}"));
    }
    if lines.is_empty() && !stored.leads_as(&planned) {
        lines.push("the authority".to_owned());
    }
    if entry.token_secret.as_deref() != Some(token) {
        lines.push(match &entry.access {
            Ok(Access::Rejected(_)) => format!("the token, which is refused: that of {token}"),
            _ => format!("the token: that of Secret {token}"),
        });
    }
    lines
}
