//! Objects of any kind: read, list, apply, delete.

use crate::{Cluster, Error, Kind, Verb};
use kube::{
    Api,
    api::{
        DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams, PropagationPolicy,
    },
};
use serde_json::Value;
use wire::ObjectName;

/// Which object: kind, API version, namespace and name.
pub type ObjectRef = ObjectName;

/// An object as JSON, known to have `kind`, `apiVersion` and a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Object(Value);

/// How an object is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apply {
    /// For good; a field that another manager owns is a conflict.
    ForGood,
    /// For good, and fields that other managers own become ours.
    TakeOver,
    /// Only tried: nothing is kept.
    DryRun,
}

/// What happens to what an object owns, when it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// It goes later.
    Background,
    /// It goes first.
    Foreground,
}

impl Object {
    /// Keeps `value` when it has what every object has.
    ///
    /// # Errors
    /// [`Error::NoObject`] naming what is missing.
    pub fn new(value: Value) -> Result<Self, Error> {
        let object = Self(value);
        for (missing, pointer) in [
            ("kind", "/kind"),
            ("apiVersion", "/apiVersion"),
            ("metadata.name", "/metadata/name"),
        ] {
            if object.text(pointer).is_empty() {
                return Err(Error::NoObject { missing });
            }
        }
        Ok(object)
    }

    /// The text at a JSON pointer, or "".
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

    /// Its kind.
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// Its API version.
    pub fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// Its namespace.
    pub fn namespace(&self) -> Option<&str> {
        Some(self.text("/metadata/namespace")).filter(|namespace| !namespace.is_empty())
    }

    /// A label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.0.get("metadata")?.get("labels")?.get(key)?.as_str()
    }

    /// An annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.0
            .get("metadata")?
            .get("annotations")?
            .get(key)?
            .as_str()
    }

    /// Which object it is.
    pub fn reference(&self) -> ObjectRef {
        ObjectRef {
            kind: self.kind().to_owned(),
            api_version: self.api_version().to_owned(),
            namespace: self.namespace().map(str::to_owned),
            name: self.name().to_owned(),
        }
    }

    /// The JSON itself.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The JSON itself, to be changed.
    pub fn value_mut(&mut self) -> &mut Value {
        &mut self.0
    }

    /// The JSON itself, taken out.
    pub fn into_value(self) -> Value {
        self.0
    }

    /// Seconds since it was made, at `now`.
    pub fn age(&self, now: jiff::Timestamp) -> Option<u64> {
        let made: jiff::Timestamp = self.text("/metadata/creationTimestamp").parse().ok()?;
        u64::try_from(now.as_second() - made.as_second()).ok()
    }
}

pub(crate) fn from_dynamic(object: DynamicObject) -> Object {
    Object(serde_json::to_value(object).unwrap_or_default())
}

impl Cluster {
    pub(crate) fn api(&self, kind: &Kind, namespace: Option<&str>) -> Api<DynamicObject> {
        match namespace {
            Some(namespace) if kind.namespaced => {
                Api::namespaced_with(self.client.clone(), namespace, &kind.resource)
            }
            _ => Api::all_with(self.client.clone(), &kind.resource),
        }
    }

    pub(crate) async fn api_of(&self, object: &ObjectRef) -> Result<Api<DynamicObject>, Error> {
        let kind = self.kind(&object.api_version, &object.kind).await?;
        Ok(self.api(&kind, object.namespace.as_deref()))
    }

    /// Reads an object; none when it is not there.
    ///
    /// # Errors
    /// [`Error::NoSuchKind`], [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn get(&self, object: &ObjectRef) -> Result<Option<Object>, Error> {
        let api = self.api_of(object).await?;
        let found = self
            .call(Verb::Get, object, api.get_opt(&object.name))
            .await?;
        Ok(found.map(from_dynamic))
    }

    /// Lists the objects of a kind; `labels` is a label selector or "".
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn list(
        &self,
        api_version: &str,
        kind: &str,
        namespace: Option<&str>,
        labels: &str,
    ) -> Result<Vec<Object>, Error> {
        let parameters = ListParams::default().labels(labels);
        self.listed(api_version, kind, namespace, parameters).await
    }

    /// Lists the objects of a kind in all namespaces; `fields` is a field selector.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn list_where(
        &self,
        api_version: &str,
        kind: &str,
        fields: &str,
    ) -> Result<Vec<Object>, Error> {
        let parameters = ListParams::default().fields(fields);
        self.listed(api_version, kind, None, parameters).await
    }

    async fn listed(
        &self,
        api_version: &str,
        kind: &str,
        namespace: Option<&str>,
        parameters: ListParams,
    ) -> Result<Vec<Object>, Error> {
        let known = self.kind(api_version, kind).await?;
        let api = self.api(&known, namespace);
        let mut parameters = parameters.limit(500);
        let mut all = Vec::new();
        loop {
            let page = self
                .call(Verb::List, known.plural(), api.list(&parameters))
                .await?;
            let more = page
                .metadata
                .continue_
                .clone()
                .filter(|token| !token.is_empty());
            all.extend(page.items.into_iter().map(|mut item| {
                item.types = Some(kube::api::TypeMeta {
                    api_version: api_version.to_owned(),
                    kind: kind.to_owned(),
                });
                from_dynamic(item)
            }));
            match more {
                Some(token) => parameters.continue_token = Some(token),
                None => return Ok(all),
            }
        }
    }

    /// Applies an object by server-side apply, as one field manager.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::owners`] names who owns a field that we wanted.
    pub async fn apply(&self, object: &Object, how: Apply) -> Result<Object, Error> {
        let reference = object.reference();
        let api = self.api_of(&reference).await?;
        let mut parameters = PatchParams::apply(&self.manager);
        parameters.dry_run = how == Apply::DryRun;
        parameters.force = how == Apply::TakeOver;
        let patch = Patch::Apply(object.value());
        let call = api.patch(&reference.name, &parameters, &patch);
        Ok(from_dynamic(
            self.call(Verb::Apply, &reference, call).await?,
        ))
    }

    /// Makes an object that must not be there yet.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::already_exists`] when it is there.
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
        let made = self
            .call(Verb::Create, &reference, api.create(&parameters, &value))
            .await?;
        Ok(from_dynamic(made))
    }

    /// Writes an object that was read before; a change in between is a conflict.
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
        Ok(from_dynamic(
            self.call(Verb::Update, &reference, call).await?,
        ))
    }

    /// Deletes an object; whether it was there.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn delete(&self, object: &ObjectRef, how: Propagation) -> Result<bool, Error> {
        let api = match self.api_of(object).await {
            Err(Error::NoSuchKind { .. }) => return Ok(false),
            api => api?,
        };
        let parameters = DeleteParams {
            propagation_policy: Some(match how {
                Propagation::Background => PropagationPolicy::Background,
                Propagation::Foreground => PropagationPolicy::Foreground,
            }),
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
