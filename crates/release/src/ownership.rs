//! The owner of an object: the label and annotations of Helm.

use crate::{
    Owner, adopt,
    helm_labels::{MANAGED_BY, RELEASE_NAME, RELEASE_NAMESPACE},
};
use cluster::Object;
use serde_json::{Value, json};
use wire::{Namespace, ReleaseName};

/// The namespace and name of a release.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReleaseKey {
    /// The namespace.
    pub namespace: Namespace,
    /// The name.
    pub release: ReleaseName,
}

/// An object of a template as it is applied: with its namespace and the owner labels of the release.
///
/// # Errors
/// [`crate::Error::InvalidObject`] naming the template.
pub(crate) fn owned_object(
    template: &str,
    mut value: Value,
    key: &ReleaseKey,
    namespaced: bool,
) -> Result<Object, crate::Error> {
    let invalid = |source| crate::Error::InvalidObject {
        template: template.to_owned(),
        source,
    };
    Object::new(value.clone()).map_err(invalid)?;
    let metadata = &mut value["metadata"];
    if namespaced {
        if metadata["namespace"]
            .as_str()
            .unwrap_or_default()
            .is_empty()
        {
            metadata["namespace"] = json!(key.namespace.as_str());
        }
    } else if let Some(metadata) = metadata.as_object_mut() {
        metadata.remove("namespace");
    }
    set(metadata, "labels", MANAGED_BY, "Helm");
    set(metadata, "annotations", RELEASE_NAME, key.release.as_str());
    set(
        metadata,
        "annotations",
        RELEASE_NAMESPACE,
        key.namespace.as_str(),
    );
    Object::new(value).map_err(invalid)
}

fn set(metadata: &mut Value, map: &str, key: &str, text: &str) {
    if !metadata[map].is_object() {
        metadata[map] = json!({});
    }
    metadata[map][key] = json!(text);
}

/// The owner of a live object, unless the release owns it. An object of a join may be adopted by the release.
pub fn foreign_owner(object: &Object, key: &ReleaseKey) -> Option<Owner> {
    let name = object.annotation(RELEASE_NAME);
    let namespace = object.annotation(RELEASE_NAMESPACE);
    let is_owned = object.label(MANAGED_BY) == Some("Helm")
        && name == Some(key.release.as_str())
        && namespace == Some(key.namespace.as_str());
    if is_owned {
        return None;
    }
    if let Some(name) = name {
        let namespace = namespace.unwrap_or_default().to_owned();
        return Some(Owner::Release {
            name: name.to_owned(),
            namespace,
        });
    }
    if adopt::is_of_join(object) {
        return Some(Owner::Join);
    }
    let mut managers = object.managed_fields().map(|entry| entry.manager);
    let named = managers.find(|manager| !manager.is_empty());
    Some(named.map_or(Owner::Unknown, |name| Owner::FieldManager(name.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ReleaseKey {
        ReleaseKey {
            namespace: Namespace::new("istio-system").expect("a name"),
            release: ReleaseName::new("ack-istio").expect("a name"),
        }
    }

    fn object(metadata: &Value) -> Object {
        Object::new(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}))
            .expect("an object")
    }

    #[test]
    fn an_object_of_another_release_names_it() {
        let theirs = object(&json!({"name": "istio", "annotations": {
            RELEASE_NAME: "istio", RELEASE_NAMESPACE: "istio-system"}}));
        let owner = Owner::Release {
            name: "istio".into(),
            namespace: "istio-system".into(),
        };
        assert_eq!(foreign_owner(&theirs, &key()), Some(owner));
    }

    #[test]
    fn an_object_made_by_hand_names_the_manager() {
        let theirs = object(&json!({"name": "istio", "managedFields": [{"manager": "kubectl"}]}));
        assert_eq!(
            foreign_owner(&theirs, &key()),
            Some(Owner::FieldManager("kubectl".into()))
        );
    }
}
