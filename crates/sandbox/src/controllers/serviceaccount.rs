//! The account and certificate every namespace has, and the tokens that Secrets ask for.
//!
//! Start at [`step`].

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::object;
use crate::world::{State, World};

const ACCOUNT: &str = "kubernetes.io/service-account.name";

pub(crate) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for namespace in state.store.list("namespaces", None) {
        if !object::is_going(&namespace) {
            furnish(world, state, object::name(&namespace));
        }
    }
    for secret in state.store.list("secrets", None) {
        if secret["type"] == "kubernetes.io/service-account-token" {
            fill(world, state, &secret);
        }
    }
    None
}

fn furnish(world: &World, state: &mut State, namespace: &str) {
    if state
        .store
        .get("serviceaccounts", namespace, "default")
        .is_none()
    {
        // Refused only where the namespace went meanwhile.
        let _ = state.make(
            world,
            "serviceaccounts",
            json!({
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": namespace},
            }),
        );
    }
    if state
        .store
        .get("configmaps", namespace, "kube-root-ca.crt")
        .is_none()
    {
        let _ = state.make(world, "configmaps", json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "kube-root-ca.crt", "namespace": namespace, "annotations": {
                "kubernetes.io/description": "Contains a CA bundle that can be used to verify the \
                    kube-apiserver when using internal endpoints such as the internal service IP \
                    or kubernetes.default.svc. No other usage is guaranteed across distributions \
                    of Kubernetes clusters.",
            }},
            "data": {"ca.crt": world.authority.ca_pem()},
        }));
    }
}

/// Writes token and certificate into a Secret, or removes it with its account.
fn fill(world: &World, state: &mut State, secret: &Value) {
    let namespace = object::namespace(secret);
    let wanted = secret["metadata"]["annotations"][ACCOUNT]
        .as_str()
        .unwrap_or_default();
    let Some(account) = state.store.get("serviceaccounts", namespace, wanted) else {
        state.delete("secrets", secret);
        return;
    };
    if secret.pointer("/data/token").is_some() || object::is_going(secret) {
        return;
    }
    let uid = object::uid(&account);
    let token = state
        .tokens
        .for_account(namespace, wanted, uid, object::uid(secret));
    let mut filled = secret.clone();
    let encoded = object::map(&mut filled, "data");
    for (key, text) in [
        ("token", token.as_str()),
        ("namespace", namespace),
        ("ca.crt", world.authority.ca_pem()),
    ] {
        encoded.insert(key.into(), json!(STANDARD.encode(text)));
    }
    filled["metadata"]["annotations"]["kubernetes.io/service-account.uid"] = json!(uid);
    state.change(world, "secrets", filled, "");
}
