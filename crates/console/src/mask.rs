//! Takes the values of Secrets out of what is shown: a dry run's answer is real data.

use cluster::Object;
use serde_json::{Value, json};

/// What stands in the place of a value.
const MASK: &str = "••••";
/// An annotation that repeats the whole object, values and all.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The object as it may be shown, without what the server keeps about it.
pub(crate) fn shown(object: &Object) -> Value {
    let mut value = object.value().clone();
    if let Some(root) = value.as_object_mut() {
        root.remove("status");
    }
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for key in [
            "managedFields",
            "resourceVersion",
            "uid",
            "creationTimestamp",
            "generation",
        ] {
            metadata.remove(key);
        }
        if let Some(annotations) = metadata
            .get_mut("annotations")
            .and_then(Value::as_object_mut)
        {
            annotations.remove(LAST_APPLIED);
        }
    }
    if object.kind() == "Secret" {
        mask(&mut value);
    }
    value
}

fn mask(secret: &mut Value) {
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

/// A manifest as it may be shown: documents that are Secrets lose their values.
pub(crate) fn manifest(text: &str) -> String {
    let documents = text.split_inclusive("\n---\n").map(|document| {
        if !document
            .lines()
            .any(|line| line.trim_end() == "kind: Secret")
        {
            return document.to_owned();
        }
        let source = document
            .lines()
            .find(|line| line.starts_with("# Source:"))
            .unwrap_or("");
        let Ok(values) = chart::Values::parse(document.trim_end_matches("---\n")) else {
            return format!("{source}\n# a Secret that cannot be read is not shown\n---\n");
        };
        let mut value = values.to_json();
        mask(&mut value);
        format!("{source}\n{}---\n", yaml(&value))
    });
    documents.collect()
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
    fn a_manifest_loses_the_values_of_its_secrets_and_nothing_else() {
        let text = "---\n# Source: a\nkind: ConfigMap\ndata:\n  a: b\n---\n# Source: s\nkind: Secret\ndata:\n  p: aHVudGVyMg==\n";
        let shown = manifest(text);
        assert!(
            shown.contains("a: b") && !shown.contains("aHVudGVyMg"),
            "{shown}"
        );
    }
}
