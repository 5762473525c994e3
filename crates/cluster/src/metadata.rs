//! Small changes to an existing object: its labels and annotations, and its deletion by UID.

use crate::{Cluster, Error, Object, ObjectRef, Propagation, Verb};
use kube::api::{DeleteParams, Patch, PatchParams, Preconditions, PropagationPolicy};
use serde_json::{Map, Value, json};

/// Labels and annotations to set; a key without a value is removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataPatch {
    /// Labels.
    pub labels: Vec<(String, Option<String>)>,
    /// Annotations.
    pub annotations: Vec<(String, Option<String>)>,
}

fn json_map(entries: &[(String, Option<String>)]) -> Value {
    let pairs = entries
        .iter()
        .map(|(key, value)| (key.clone(), json!(value)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

impl Cluster {
    /// Replaces the managed fields of an object, when it still has this resource version.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_conflict`] when it changed since it was read.
    pub async fn replace_managed_fields(
        &self,
        object: &ObjectRef,
        fields: &[Value],
        version: &str,
    ) -> Result<Object, Error> {
        let api = self.api_of(object).await?;
        let metadata = json!({"managedFields": fields, "resourceVersion": version});
        let patch = Patch::Merge(json!({ "metadata": metadata }));
        let parameters = PatchParams {
            field_manager: Some(self.manager.to_string()),
            ..PatchParams::default()
        };
        let call = api.patch(&object.name, &parameters, &patch);
        let patched = self.call(Verb::Update, object, call).await?;
        Ok(crate::object::from_dynamic(patched))
    }

    /// Sets and removes labels and annotations of an object; nothing else of it changes.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_not_found`] when the object does not exist,
    /// [`Error::is_conflict`] when `version` is given and the object has another `resourceVersion`.
    pub async fn patch_metadata(
        &self,
        object: &ObjectRef,
        patch: &MetadataPatch,
        version: Option<&str>,
    ) -> Result<Object, Error> {
        let api = self.api_of(object).await?;
        let mut metadata = json!({
            "labels": json_map(&patch.labels),
            "annotations": json_map(&patch.annotations),
        });
        if let Some(version) = version {
            metadata["resourceVersion"] = json!(version);
        }
        let patch = Patch::Merge(json!({ "metadata": metadata }));
        let parameters = PatchParams {
            field_manager: Some(self.manager.to_string()),
            ..PatchParams::default()
        };
        let call = api.patch(&object.name, &parameters, &patch);
        let patched = self.call(Verb::Update, object, call).await?;
        Ok(crate::object::from_dynamic(patched))
    }

    /// Deletes an object if it still has the UID of `object`; returns whether it existed.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_conflict`] when another object has the name now.
    pub async fn delete_by_uid(
        &self,
        object: &Object,
        propagation: Propagation,
    ) -> Result<bool, Error> {
        self.delete_if(object, propagation, None).await
    }

    /// Deletes an object if it is as it was read: of the same UID and `resourceVersion`; returns whether it existed.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_conflict`] when it changed since it was read.
    pub async fn delete_unchanged(
        &self,
        object: &Object,
        propagation: Propagation,
    ) -> Result<bool, Error> {
        let version = object.resource_version().to_owned();
        self.delete_if(object, propagation, Some(version)).await
    }

    async fn delete_if(
        &self,
        object: &Object,
        propagation: Propagation,
        resource_version: Option<String>,
    ) -> Result<bool, Error> {
        let reference = object.reference();
        let api = self.api_of(&reference).await?;
        let uid = object.uid();
        let parameters = DeleteParams {
            propagation_policy: Some(PropagationPolicy::from(propagation)),
            preconditions: Some(Preconditions {
                uid: Some(uid.to_owned()).filter(|uid| !uid.is_empty()),
                resource_version,
            }),
            ..DeleteParams::default()
        };
        let call = api.delete(&reference.name, &parameters);
        match self.call(Verb::Delete, &reference, call).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
