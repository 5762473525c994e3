//! Objects of any kind: get, apply, create, replace, delete; [`crate::list`] lists them.

mod metadata;

pub use metadata::{ManagedFields, OwnerReference};

use crate::{Cluster, Error, ServedKind, Verb};
use kube::{
    Api, Client,
    api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams, PropagationPolicy},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use wire::ObjectName;

/// A reference to an object: kind, API version, namespace and name.
pub type ObjectRef = ObjectName;

/// An object as JSON with `kind`, `apiVersion` and a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Object(Value);

/// The mode of a server-side apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apply {
    /// The object is stored; a field that another manager owns is a conflict.
    Persist,
    /// The object is stored, and fields that other managers own change their owner.
    Force,
    /// The object is validated and not stored.
    DryRun,
    /// The same, as if fields that other managers own changed their owner.
    ForcedDryRun,
}

/// When the dependents of a deleted object are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// After the object.
    Background,
    /// Before the object.
    Foreground,
}

impl From<Propagation> for PropagationPolicy {
    fn from(propagation: Propagation) -> Self {
        match propagation {
            Propagation::Background => Self::Background,
            Propagation::Foreground => Self::Foreground,
        }
    }
}

impl Object {
    /// An object from its JSON.
    ///
    /// # Errors
    /// [`Error::InvalidObject`] naming the field that is missing.
    pub fn new(value: Value) -> Result<Self, Error> {
        let object = Self(value);
        for (field, pointer) in [
            ("kind", "/kind"),
            ("apiVersion", "/apiVersion"),
            ("metadata.name", "/metadata/name"),
        ] {
            if object.text(pointer).is_empty() {
                let fault = match object.0.pointer(pointer) {
                    None | Some(Value::Null | Value::String(_)) => "is missing",
                    Some(_) => "is not a string",
                };
                return Err(Error::InvalidObject { field, fault });
            }
        }
        Ok(object)
    }

    /// The object as a type, such as `Service` of `k8s_openapi`; a missing field has its default.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the field that does not have the type.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_path_to_error::deserialize(&self.0).map_err(|error| Error::Malformed {
            object: self.reference(),
            path: error.path().to_string(),
            source: match self.kind() {
                // The message of serde contains the value.
                "Secret" => serde::de::Error::custom("the field does not have its type"),
                _ => error.into_inner(),
            },
        })
    }

    /// The string at a JSON pointer, or "".
    pub fn text(&self, pointer: &str) -> &str {
        self.0
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The number at a JSON pointer.
    pub fn number(&self, pointer: &str) -> Option<i64> {
        self.0.pointer(pointer).and_then(Value::as_i64)
    }

    /// The list at a JSON pointer, or an empty one.
    pub fn list(&self, pointer: &str) -> &[Value] {
        self.0
            .pointer(pointer)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The kind.
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// The API version.
    pub fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// The namespace.
    pub fn namespace(&self) -> Option<&str> {
        Some(self.text("/metadata/namespace")).filter(|namespace| !namespace.is_empty())
    }

    /// The resource version, or "" for an object that no cluster stored.
    pub fn resource_version(&self) -> &str {
        self.text("/metadata/resourceVersion")
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.0.get("metadata")?.get("labels")?.get(key)?.as_str()
    }

    /// The value of an annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.0
            .get("metadata")?
            .get("annotations")?
            .get(key)?
            .as_str()
    }

    /// The reference to the object.
    pub fn reference(&self) -> ObjectRef {
        ObjectRef {
            kind: self.kind().to_owned(),
            api_version: self.api_version().to_owned(),
            namespace: self.namespace().map(str::to_owned),
            name: self.name().to_owned(),
        }
    }

    /// The JSON.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The JSON, mutable.
    pub fn value_mut(&mut self) -> &mut Value {
        &mut self.0
    }

    /// The JSON, by value.
    pub fn into_value(self) -> Value {
        self.0
    }
}

pub(crate) fn from_dynamic(object: DynamicObject) -> Object {
    Object(serde_json::to_value(object).unwrap_or_default())
}

pub(crate) fn api_with<K>(client: Client, kind: &ServedKind, namespace: Option<&str>) -> Api<K>
where
    K: kube::Resource<
            DynamicType = kube::api::ApiResource,
            Scope = kube::core::DynamicResourceScope,
        >,
{
    match namespace {
        Some(namespace) if kind.namespaced => {
            Api::namespaced_with(client, namespace, &kind.resource)
        }
        _ => Api::all_with(client, &kind.resource),
    }
}

impl Cluster {
    pub(crate) fn api(&self, kind: &ServedKind, namespace: Option<&str>) -> Api<DynamicObject> {
        api_with(self.client.clone(), kind, namespace)
    }

    pub(crate) async fn api_of(&self, object: &ObjectRef) -> Result<Api<DynamicObject>, Error> {
        let kind = self.kind(object.into()).await?;
        Ok(self.api(&kind, object.namespace.as_deref()))
    }

    /// Reads an object; none when it does not exist.
    ///
    /// # Errors
    /// [`Error::NoSuchKind`], [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn get(&self, object: &ObjectRef) -> Result<Option<Object>, Error> {
        let api = self.api_of(object).await?;
        let found = self
            .call(Verb::Get, object, api.get_opt(&object.name))
            .await;
        let found = self.of_served_kind(object.into(), found)?;
        Ok(found.map(from_dynamic))
    }

    /// Applies an object by server-side apply, as one field manager.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::field_owners`] names the managers that own conflicting fields.
    pub async fn apply(&self, object: &Object, mode: Apply) -> Result<Object, Error> {
        let reference = object.reference();
        let api = self.api_of(&reference).await?;
        let mut parameters = PatchParams::apply(&self.manager);
        parameters.dry_run = matches!(mode, Apply::DryRun | Apply::ForcedDryRun);
        parameters.force = matches!(mode, Apply::Force | Apply::ForcedDryRun);
        let patch = Patch::Apply(object.value());
        let call = api.patch(&reference.name, &parameters, &patch);
        let applied = self.call(Verb::Apply, &reference, call).await;
        let applied = self.of_served_kind((&reference).into(), applied)?;
        Ok(from_dynamic(applied))
    }

    /// Creates an object.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::already_exists`] when it exists.
    pub async fn create(&self, object: &Object) -> Result<Object, Error> {
        let reference = object.reference();
        let api = self.api_of(&reference).await?;
        let parameters = PostParams {
            field_manager: Some(self.manager.to_string()),
            ..PostParams::default()
        };
        let value: DynamicObject =
            serde_json::from_value(object.value().clone()).map_err(|source| Error::Connect {
                cluster: self.name().clone(),
                source: source.into(),
            })?;
        let created = self
            .call(Verb::Create, &reference, api.create(&parameters, &value))
            .await;
        let created = self.of_served_kind((&reference).into(), created)?;
        Ok(from_dynamic(created))
    }

    /// Replaces an object that was read before; a change in between is a conflict.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_conflict`] when it changed since it was read.
    pub async fn replace(&self, object: &Object) -> Result<Object, Error> {
        let reference = object.reference();
        let api = self.api_of(&reference).await?;
        let parameters = PostParams {
            field_manager: Some(self.manager.to_string()),
            ..PostParams::default()
        };
        let value: DynamicObject =
            serde_json::from_value(object.value().clone()).map_err(|source| Error::Connect {
                cluster: self.name().clone(),
                source: source.into(),
            })?;
        let call = api.replace(&reference.name, &parameters, &value);
        let replaced = self.call(Verb::Update, &reference, call).await;
        let replaced = self.of_served_kind((&reference).into(), replaced)?;
        Ok(from_dynamic(replaced))
    }

    /// Deletes an object; returns whether it existed.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn delete(
        &self,
        object: &ObjectRef,
        propagation: Propagation,
    ) -> Result<bool, Error> {
        let api = match self.api_of(object).await {
            Err(Error::NoSuchKind { .. }) => return Ok(false),
            api => api?,
        };
        let parameters = DeleteParams {
            propagation_policy: Some(PropagationPolicy::from(propagation)),
            ..DeleteParams::default()
        };
        match self
            .call(Verb::Delete, object, api.delete(&object.name, &parameters))
            .await
        {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }
}
