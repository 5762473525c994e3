//! A backup of objects as one YAML text for `kubectl apply`.
//!
//! Objects are written without status and server fields, so that they can be created again. Start at [`BackupText`].

use cluster::Object;
use serde_json::{Map, Value};

/// The largest backup, in bytes.
pub const MAX_BACKUP_BYTES: usize = 32 << 20;
/// The fields that the API server maintains, and references to objects that may be deleted.
const SERVER_FIELDS: [&str; 8] = [
    "managedFields",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "ownerReferences",
];
/// An annotation with a copy of the object; `kubectl apply` writes it again.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The text of a backup, which is limited to [`MAX_BACKUP_BYTES`].
pub struct BackupText(String);

impl BackupText {
    /// A text that begins with comments.
    pub fn new(comments: String) -> Self {
        Self(comments)
    }

    /// Adds an object; false when the text is larger than the limit now.
    #[must_use]
    pub fn add(&mut self, object: &Object) -> bool {
        let value = chart::Values::from_json(&portable(object));
        self.0.push_str("---\n");
        self.0.push_str(&value.to_yaml());
        self.0.len() <= MAX_BACKUP_BYTES
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// An object without status and server fields.
fn portable(object: &Object) -> Value {
    let mut value = object.value().clone();
    let part = |value: &mut Value, remove: &[&str]| {
        if let Some(map) = value.as_object_mut() {
            map.retain(|key, _| !remove.contains(&key.as_str()));
        }
    };
    part(&mut value, &["status"]);
    if object.kind() == "Namespace" {
        part(&mut value, &["spec"]);
    }
    if let Some(metadata) = value.get_mut("metadata") {
        part(metadata, &SERVER_FIELDS);
        let marks = metadata
            .get_mut("annotations")
            .and_then(Value::as_object_mut);
        if let Some(annotations) = marks {
            annotations.remove(LAST_APPLIED);
        }
        if metadata
            .get("annotations")
            .and_then(Value::as_object)
            .is_some_and(Map::is_empty)
        {
            part(metadata, &["annotations"]);
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn status_and_server_fields_are_left_out() {
        let object = Object::new(json!({
            "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
            "metadata": {"name": "web", "namespace": "shop", "uid": "1", "resourceVersion": "2",
                "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{}],
                "ownerReferences": [{"kind": "Shop", "uid": "9"}],
                "labels": {"app": "web"}, "annotations": {LAST_APPLIED: "{}"}},
            "spec": {"selector": {"istio": "ingress"}}, "status": {"seen": true}}));
        assert_eq!(
            portable(&object.expect("an object")),
            json!({"apiVersion": "networking.istio.io/v1", "kind": "Gateway",
                "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
                "spec": {"selector": {"istio": "ingress"}}})
        );
    }
}
