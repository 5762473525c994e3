//! Masks the values of Secrets in everything that is shown: dry runs return real data.

use cluster::Object;
use serde_json::{Value, json};

/// The text that replaces a masked value.
pub(crate) const MASK: &str = "••••";
/// An annotation that repeats the complete object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The object as it may be shown, without server-side metadata.
pub(crate) fn shown(object: &Object) -> Value {
    let mut value = live(object);
    if let Some(root) = value.as_object_mut() {
        root.remove("status");
    }
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for key in ["resourceVersion", "uid", "creationTimestamp", "generation"] {
            metadata.remove(key);
        }
    }
    value
}

/// A live object as it may be shown, with its status.
pub(crate) fn live(object: &Object) -> Value {
    let mut value = object.value().clone();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
        if let Some(annotations) = metadata
            .get_mut("annotations")
            .and_then(Value::as_object_mut)
        {
            annotations.remove(LAST_APPLIED);
        }
    }
    mask(&mut value);
    value
}

/// Whether an object is a Secret.
pub(crate) fn is_secret(object: &Value) -> bool {
    object.get("kind").and_then(Value::as_str) == Some("Secret")
}

/// Masks what the Secrets of an object hold: of itself, or of a list's items.
fn mask(object: &mut Value) {
    let kind = object
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let of_secrets = kind == "SecretList";
    if is_secret(object) {
        mask_values(object);
    }
    let items = object.get_mut("items").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        if of_secrets {
            mask_values(item);
        }
        mask(item);
    }
}

fn mask_values(secret: &mut Value) {
    for part in ["data", "stringData"] {
        if let Some(values) = secret.get_mut(part).and_then(Value::as_object_mut) {
            for value in values.values_mut() {
                *value = json!(MASK);
            }
        }
    }
}

/// A JSON value as YAML.
pub(crate) fn yaml(value: &Value) -> String {
    chart::Values::from_json(value).to_yaml()
}

/// A manifest as it may be shown: the values of Secrets are masked.
pub(crate) fn manifest(text: &str) -> String {
    text.split_inclusive("\n---\n").map(document).collect()
}

fn document(text: &str) -> String {
    let source = text.lines().find(|line| line.starts_with("# Source:"));
    let source = source.map(|line| format!("{line}\n")).unwrap_or_default();
    let end = if text.ends_with("\n---\n") {
        "---\n"
    } else {
        ""
    };
    let Ok(values) = chart::Values::parse(text.trim_end_matches("---\n")) else {
        return format!("{source}# what cannot be read is not shown\n{end}");
    };
    let value = values.to_json();
    let mut masked = value.clone();
    mask(&mut masked);
    if masked == value {
        return text.to_owned();
    }
    format!("{source}{}{end}", yaml(&masked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_secret_are_not_shown() {
        let secret = Object::new(json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "x", "annotations": {LAST_APPLIED: "{\"data\":\"hunter2\"}"}},
            "data": {"password": "aHVudGVyMg=="}, "stringData": {"other": "hunter2"},
        }))
        .expect("an object");
        let text = yaml(&shown(&secret));
        assert!(
            !text.contains("hunter2") && !text.contains("aHVudGVyMg"),
            "{text}"
        );
        assert!(text.contains("password"), "{text}");
    }

    #[test]
    fn a_secret_is_known_however_its_kind_is_written_and_in_a_list_too() {
        for text in [
            "kind: \"Secret\"\ndata:\n  p: aHVudGVyMg==\n",
            "{kind: Secret, data: {p: aHVudGVyMg==}}\n",
            "kind: List\nitems:\n  - kind: Secret\n    data: {p: aHVudGVyMg==}\n",
            "kind: SecretList\nitems:\n  - data: {p: aHVudGVyMg==}\n",
        ] {
            let shown = manifest(text);
            assert!(!shown.contains("aHVudGVyMg"), "{shown}");
        }
    }

    #[test]
    fn a_manifest_loses_the_values_of_its_secrets_and_nothing_else() {
        let text = "---\n# Source: a\nkind: ConfigMap\ndata:\n  a: b\n---\n# Source: s\nkind: Secret\ndata:\n  p: aHVudGVyMg==\n";
        let shown = manifest(text);
        assert!(
            shown.contains("a: b") && !shown.contains("aHVudGVyMg"),
            "{shown}"
        );
    }
}
