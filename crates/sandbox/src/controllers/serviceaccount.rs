//! The default ServiceAccount and the CA certificate of every namespace, and the token Secrets.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::keys::{self, BuiltInController};
use crate::access::tokens::Claims;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, EventType, ObjectKey};

const ACCOUNT: &str = "kubernetes.io/service-account.name";

/// The type of the Secrets with the token of a ServiceAccount.
const TOKEN_SECRET: &str = "kubernetes.io/service-account-token";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "serviceaccount",
    kinds: &["namespaces", "secrets"],
    keys: concerned,
    reconcile,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    let namespace = object::namespace(&change.object);
    let default_objects = || vec![ObjectKey::new("namespaces", "", namespace)];
    match &*change.kind {
        "namespaces" => keys::own("namespaces", change),
        "secrets" if change.object["type"] == TOKEN_SECRET => keys::own("secrets", change),
        "configmaps" if change.event == EventType::Deleted => default_objects(),
        "serviceaccounts" => {
            let mut keys = default_objects();
            let secrets = state.objects.list("secrets", Some(namespace));
            let tokens = secrets
                .iter()
                .filter(|secret| secret["type"] == TOKEN_SECRET);
            keys.extend(tokens.map(|secret| ObjectKey::of("secrets", secret)));
            keys
        }
        _ => Vec::new(),
    }
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let found = state.objects.get_key(key)?;
    if &*key.kind == "secrets" {
        if found["type"] == TOKEN_SECRET {
            issue_token(cluster, state, &found);
        }
    } else if !object::is_terminating(&found) {
        create_defaults(cluster, state, &key.name);
    }
    None
}

/// Creates the default ServiceAccount and the certificate of a namespace.
pub(super) fn create_defaults(cluster: &Cluster, state: &mut State, namespace: &str) {
    if state
        .objects
        .get("serviceaccounts", namespace, "default")
        .is_none()
    {
        // This fails only while the namespace terminates.
        let _ = state.create(
            cluster,
            "serviceaccounts",
            json!({
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": namespace},
            }),
        );
    }
    if state
        .objects
        .get("configmaps", namespace, "kube-root-ca.crt")
        .is_none()
    {
        let _ = state.create(cluster, "configmaps", json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "kube-root-ca.crt", "namespace": namespace, "annotations": {
                "kubernetes.io/description": "Contains a CA bundle that can be used to verify the \
                    kube-apiserver when using internal endpoints such as the internal service IP \
                    or kubernetes.default.svc. No other usage is guaranteed across distributions \
                    of Kubernetes clusters.",
            }},
            "data": {"ca.crt": cluster.ca.ca_pem()},
        }));
    }
}

/// Writes token and certificate into a Secret, or deletes the Secret of a missing ServiceAccount.
fn issue_token(cluster: &Cluster, state: &mut State, secret: &Value) {
    let namespace = object::namespace(secret);
    let account_name = secret["metadata"]["annotations"][ACCOUNT]
        .as_str()
        .unwrap_or_default();
    let Some(account) = state
        .objects
        .get("serviceaccounts", namespace, account_name)
    else {
        state.delete("secrets", secret);
        return;
    };
    if secret.pointer("/data/token").is_some() || object::is_terminating(secret) {
        return;
    }
    let uid = object::uid(&account);
    let claims = Claims {
        bound_to: object::uid(secret).to_owned(),
        secret: Some((namespace.to_owned(), object::name(secret).to_owned())),
        ..Claims::default()
    };
    let token = state
        .tokens
        .for_account(namespace, account_name, uid, claims);
    let mut issued = secret.clone();
    let data = object::map(&mut issued, "data");
    for (key, text) in [
        ("token", token.as_str()),
        ("namespace", namespace),
        ("ca.crt", cluster.ca.ca_pem()),
    ] {
        data.insert(key.into(), json!(STANDARD.encode(text)));
    }
    issued["metadata"]["annotations"]["kubernetes.io/service-account.uid"] = json!(uid);
    state.update(cluster, "secrets", issued, "");
}
