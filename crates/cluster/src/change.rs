//! Small changes to an object that is there: its labels and annotations, and its end when it is still
//! the one that was looked at.

use crate::{Cluster, Error, Object, ObjectRef, Propagation, Verb};
use kube::api::{DeleteParams, Patch, PatchParams, Preconditions, PropagationPolicy};
use serde_json::{Map, Value, json};

/// Labels and annotations to be set, or taken away where there is no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Labels.
    pub labels: Vec<(String, Option<String>)>,
    /// Annotations.
    pub annotations: Vec<(String, Option<String>)>,
}

fn map(marks: &[(String, Option<String>)]) -> Value {
    let pairs = marks.iter().map(|(key, value)| (key.clone(), json!(value)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

impl Cluster {
    /// Sets and takes away labels and annotations of an object; the rest of it stays as it is.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_not_found`] when it is not there, [`Error::is_conflict`] when
    /// `version` is given and the object is not of that `resourceVersion` any more.
    pub async fn mark(
        &self,
        object: &ObjectRef,
        marks: &Marks,
        version: Option<&str>,
    ) -> Result<Object, Error> {
        let api = self.api_of(object).await?;
        let mut metadata = json!({
            "labels": map(&marks.labels),
            "annotations": map(&marks.annotations),
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
        let marked = self.call(Verb::Update, object, call).await?;
        Ok(crate::object::from_dynamic(marked))
    }

    /// Deletes an object when it is still the one that was looked at; whether it was there.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_conflict`] when another object has the name now.
    pub async fn delete_this(&self, object: &Object, how: Propagation) -> Result<bool, Error> {
        let reference = object.reference();
        let api = self.api_of(&reference).await?;
        let uid = object.text("/metadata/uid");
        let parameters = DeleteParams {
            propagation_policy: Some(match how {
                Propagation::Background => PropagationPolicy::Background,
                Propagation::Foreground => PropagationPolicy::Foreground,
            }),
            preconditions: Some(Preconditions {
                uid: Some(uid.to_owned()).filter(|uid| !uid.is_empty()),
                resource_version: None,
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
