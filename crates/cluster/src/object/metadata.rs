//! The metadata of objects of every kind, and the `data` of ConfigMaps.

use super::Object;
use jiff::Timestamp;
use serde_json::Value;

/// An entry of `metadata.ownerReferences`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnerReference<'a> {
    /// The kind of the owner.
    pub kind: &'a str,
    /// The name of the owner.
    pub name: &'a str,
}

/// An entry of `metadata.managedFields`.
#[derive(Clone, Copy, Debug)]
pub struct ManagedFields<'a> {
    /// The field manager, or "".
    pub manager: &'a str,
    fields: Option<&'a Value>,
}

impl ManagedFields<'_> {
    /// Whether the manager owns the field at a path, such as `metadata`, `labels`.
    pub fn contain(&self, path: &[&str]) -> bool {
        let mut found = self.fields;
        for name in path {
            found = found.and_then(|fields| fields.get(format!("f:{name}")));
        }
        found.is_some()
    }
}

impl Object {
    /// The UID, or "" for an object that no cluster stored.
    pub fn uid(&self) -> &str {
        self.text("/metadata/uid")
    }

    /// The time of its creation.
    pub fn created(&self) -> Option<Timestamp> {
        self.text("/metadata/creationTimestamp").parse().ok()
    }

    /// The age in seconds at `now`.
    pub fn age(&self, now: Timestamp) -> Option<u64> {
        u64::try_from(now.as_second() - self.created()?.as_second()).ok()
    }

    /// The finalizers.
    pub fn finalizers(&self) -> impl Iterator<Item = &str> {
        let finalizers = self.list("/metadata/finalizers").iter();
        finalizers.filter_map(Value::as_str)
    }

    /// The owners.
    pub fn owners(&self) -> impl Iterator<Item = OwnerReference<'_>> {
        let owners = self.list("/metadata/ownerReferences").iter();
        owners.map(|owner| OwnerReference {
            kind: text(owner, "kind"),
            name: text(owner, "name"),
        })
    }

    /// The field managers and their fields.
    pub fn managed_fields(&self) -> impl Iterator<Item = ManagedFields<'_>> {
        let entries = self.list("/metadata/managedFields").iter();
        entries.map(|entry| ManagedFields {
            manager: text(entry, "manager"),
            fields: entry.get("fieldsV1"),
        })
    }

    /// The text of a key under `data`, or "".
    pub fn data(&self, key: &str) -> &str {
        let data = self.value().get("data");
        data.map_or("", |data| text(data, key))
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metadata_is_read_and_missing_metadata_is_empty() {
        let object = Object::new(json!({
            "apiVersion": "v1", "kind": "ConfigMap", "data": {"root-cert.pem": "PEM"},
            "metadata": {
                "name": "mesh", "uid": "u-1", "creationTimestamp": "2026-01-01T00:00:00Z",
                "finalizers": ["example.org/lock"],
                "ownerReferences": [{"kind": "ReplicaSet", "name": "web"}],
                "managedFields": [
                    {"manager": "helm", "fieldsV1": {"f:metadata": {"f:labels": {"f:a/b": {}}}}}],
            },
        }))
        .expect("an object");
        assert_eq!((object.uid(), object.data("root-cert.pem")), ("u-1", "PEM"));
        assert_eq!(
            object.finalizers().collect::<Vec<_>>(),
            ["example.org/lock"]
        );
        let owner = OwnerReference {
            kind: "ReplicaSet",
            name: "web",
        };
        assert_eq!(object.owners().collect::<Vec<_>>(), [owner]);
        let helm = object.managed_fields().next().expect("an entry");
        assert_eq!(helm.manager, "helm");
        assert!(helm.contain(&["metadata", "labels", "a/b"]));
        assert!(!helm.contain(&["metadata", "labels", "c"]));
        let later = "2026-01-01T00:01:00Z".parse().expect("a time");
        assert_eq!(object.age(later), Some(60));

        let bare = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}});
        let bare = Object::new(bare).expect("an object");
        assert_eq!((bare.uid(), bare.data("a"), bare.created()), ("", "", None));
        assert_eq!(bare.owners().count() + bare.managed_fields().count(), 0);
    }
}
