//! Secrets and ConfigMaps.
//!
//! Start at [`check`] and [`check_change`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::names;
use crate::api_status::Cause;
use crate::object;
use crate::problems::Problems;

/// The maximum size of the data of a Secret or ConfigMap.
const MAX_DATA_BYTES: usize = 1_048_576;

/// The annotation that names the ServiceAccount of a token.
const ACCOUNT: &str = "kubernetes.io/service-account.name";

/// The keys that a Secret of a type must have.
const REQUIRED_KEYS: [(&str, &[&str]); 5] = [
    ("kubernetes.io/tls", &["tls.crt", "tls.key"]),
    ("kubernetes.io/dockerconfigjson", &[".dockerconfigjson"]),
    ("kubernetes.io/dockercfg", &[".dockercfg"]),
    ("kubernetes.io/ssh-auth", &["ssh-privatekey"]),
    (
        "bootstrap.kubernetes.io/token",
        &["token-id", "token-secret"],
    ),
];

fn members<'a>(object: &'a Value, member: &str) -> Option<&'a Map<String, Value>> {
    object[member].as_object()
}

/// Checks a Secret or a ConfigMap.
pub(super) fn check(object: &Value, problems: &mut Problems) {
    for member in ["data", "binaryData"] {
        for key in members(object, member).into_iter().flat_map(Map::keys) {
            let field = format!("{member}[{key}]");
            problems.text(&field, key, names::data_key(key));
            if member == "data" && object["binaryData"].get(key).is_some() {
                let detail = "duplicate of key present in binaryData";
                problems.invalid(&field, &json!(key), detail);
            }
        }
    }
    let size = |member: &str, is_encoded: bool| -> usize {
        let texts = members(object, member).into_iter().flat_map(Map::values);
        let lengths = texts.map(|text| text.as_str().unwrap_or_default().len());
        lengths
            .map(|length| if is_encoded { length / 4 * 3 } else { length })
            .sum()
    };
    let is_secret = object::text(object, "/kind") == "Secret";
    if size("data", is_secret) + size("binaryData", true) > MAX_DATA_BYTES {
        let cause = Cause::too_long(if is_secret { "data" } else { "" }, MAX_DATA_BYTES);
        problems.causes.push(cause);
    }
    if is_secret {
        check_type(object, problems);
    }
}

fn check_type(secret: &Value, problems: &mut Problems) {
    let secret_type = object::text(secret, "/type");
    let has = |key: &str| secret["data"].get(key).is_some();
    for (_, keys) in REQUIRED_KEYS
        .iter()
        .filter(|(name, _)| *name == secret_type)
    {
        for key in keys.iter().filter(|key| !has(key)) {
            problems.required(&format!("data[{key}]"), "");
        }
    }
    match secret_type {
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => {
            problems.required("data[username]", "");
            problems.required("data[password]", "");
        }
        "kubernetes.io/service-account-token"
            if object::text(&secret["metadata"]["annotations"][ACCOUNT], "").is_empty() =>
        {
            problems.required(&format!("metadata.annotations[{ACCOUNT}]"), "");
        }
        "kubernetes.io/dockerconfigjson" => check_json(secret, ".dockerconfigjson", problems),
        "kubernetes.io/dockercfg" => check_json(secret, ".dockercfg", problems),
        _ => {}
    }
}

/// Checks that a value of a Secret is JSON.
fn check_json(secret: &Value, key: &str, problems: &mut Problems) {
    let Some(encoded) = secret["data"].get(key).and_then(Value::as_str) else {
        return;
    };
    let bytes = STANDARD.decode(encoded).unwrap_or_default();
    if serde_json::from_slice::<Value>(&bytes).is_ok() {
        return;
    }
    let detail = match bytes.first() {
        Some(first) => format!(
            "invalid character '{}' looking for beginning of value",
            char::from(*first)
        ),
        None => "unexpected end of JSON input".to_owned(),
    };
    let value = json!("<secret contents redacted>");
    problems.invalid(&format!("data[{key}]"), &value, &detail);
}

/// Checks a change of a Secret or a ConfigMap.
pub(super) fn check_change(old: &Value, new: &Value, problems: &mut Problems) {
    if object::text(new, "/kind") == "Secret" {
        problems.immutable(old, new, "/type");
    }
    if old["immutable"] != true {
        return;
    }
    let detail = "field is immutable when `immutable` is set";
    if new["immutable"] != true {
        problems.forbidden("immutable", detail);
    }
    for member in ["data", "binaryData"] {
        if old[member] != new[member] {
            problems.forbidden(member, detail);
        }
    }
}
