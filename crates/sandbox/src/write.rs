//! How objects come, change and go, whoever asks: a client or a pretend controller.
//!
//! Names, defaults, checks, generations and field owners are seen to here, once. Start at
//! [`create`], [`replace`] and [`delete`].

use std::sync::Arc;

use serde_json::{Value, json};

use crate::apply::fields::compare;
use crate::apply::managers::{Entry, Managers};
use crate::defaults;
use crate::inject;
use crate::kinds::Kind;
use crate::object;
use crate::refusal::Refusal;
use crate::validate;
use crate::world::{State, World, ending, now};

pub(crate) mod removal;

pub(crate) use removal::{Removal, delete};

/// Who writes, and how.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pub(crate) manager: String,
    pub(crate) subresource: String,
    /// Nothing is kept when this is only a rehearsal.
    pub(crate) dry: bool,
    /// The managers after an apply; without, the writer owns what changed.
    pub(crate) applied: Option<Managers>,
}

impl Writer {
    /// A pretend controller.
    pub(crate) fn controller(subresource: &str) -> Self {
        Self {
            manager: "kube-controller-manager".to_owned(),
            subresource: subresource.to_owned(),
            dry: false,
            applied: None,
        }
    }

    /// This writer's entry among the managers of an object.
    pub(crate) fn entry(&self, operation: &str, api_version: &str) -> Entry {
        Entry {
            manager: self.manager.clone(),
            operation: operation.to_owned(),
            api_version: api_version.to_owned(),
            subresource: self.subresource.clone(),
            time: now(),
            fields: crate::apply::fields::FieldSet::default(),
        }
    }
}

/// The version an object is written in.
pub(crate) fn version_of<'a>(object: &'a Value, kind: &'a Kind) -> &'a str {
    let api_version = object::text(object, "/apiVersion");
    let version = api_version.rsplit('/').next().unwrap_or_default();
    if version.is_empty() {
        kind.preferred()
    } else {
        version
    }
}

/// Creates an object.
pub(crate) fn create(
    world: &World,
    state: &mut State,
    kind: &Kind,
    mut object: Value,
    by: Writer,
) -> Result<Arc<Value>, Refusal> {
    prepare(kind, &mut object);
    let name = object::name(&object).to_owned();
    let namespace = object::namespace(&object).to_owned();
    let known = state.store.get(kind.storage(), &namespace, &name);
    if let Some(known) = known.filter(|_| !name.is_empty()) {
        let mut refusal = Refusal::already_exists(kind, &name);
        if object::is_going(&known) {
            refusal.message = format!("object is being deleted: {}", refusal.message);
        }
        return Err(refusal);
    }
    if kind.namespaced {
        check_namespace(state, kind, &namespace, &name)?;
    }
    if kind.id == "pods" {
        inject::admit(world, state, &mut object)?;
    }
    defaults::fill(kind, &mut object);
    validate::check_new(kind, &object)?;
    let api_version = object::text(&object, "/apiVersion").to_owned();
    let schema = kind.schema(version_of(&object, kind));
    let managers = by.applied.clone().unwrap_or_else(|| {
        let mut managers = Managers::default();
        let difference = compare(&json!({"status": object["status"]}), &object, &schema);
        managers.updated(by.entry("Update", &api_version), &difference);
        managers
    });
    defaults::allocate(world, state, kind, &mut object, None)?;
    managers.write_to(&mut object);
    if by.dry {
        return Ok(Arc::new(object));
    }
    let stored = state.store.put(kind.storage(), object);
    defined(state, kind, &stored);
    Ok(stored)
}

/// What the server itself writes into a new object.
fn prepare(kind: &Kind, object: &mut Value) {
    if kind.has("status") && kind.kind != "Node" {
        drop(
            object
                .as_object_mut()
                .map(|members| members.remove("status")),
        );
    }
    first_status(kind, object);
    let meta = object::meta(object);
    let prefix = meta
        .get("generateName")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let name = meta.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() && !prefix.is_empty() {
        meta.insert("name".into(), json!(format!("{prefix}{}", ending())));
    }
    for gone in [
        "resourceVersion",
        "selfLink",
        "managedFields",
        "deletionTimestamp",
        "generation",
    ] {
        meta.remove(gone);
    }
    meta.retain(|_, value| !value.is_null());
    meta.insert("uid".into(), json!(uuid::Uuid::new_v4().to_string()));
    meta.insert("creationTimestamp".into(), json!(now()));
    if kind.has("gen") {
        meta.insert("generation".into(), json!(1));
    }
    if !kind.namespaced {
        meta.remove("namespace");
    }
}

/// The status an object has before its controller has seen it.
fn first_status(kind: &Kind, object: &mut Value) {
    let status = match kind.kind.as_str() {
        _ if kind.definition.is_some() => return,
        "Deployment" | "Job" | "CronJob" => json!({}),
        "ReplicaSet" | "StatefulSet" => json!({"replicas": 0}),
        "Service" => json!({"loadBalancer": {}}),
        "Namespace" => json!({"phase": "Active"}),
        "PersistentVolumeClaim" => json!({"phase": "Pending"}),
        _ => return,
    };
    object["status"] = status;
}

fn check_namespace(state: &State, kind: &Kind, namespace: &str, name: &str) -> Result<(), Refusal> {
    let namespaces = state
        .kinds
        .by_id("namespaces")
        .ok_or_else(Refusal::no_such_path)?;
    let Some(found) = state.store.get("namespaces", "", namespace) else {
        return Err(Refusal::not_found(namespaces, namespace));
    };
    if object::is_going(&found) {
        let detail = format!(
            "unable to create new content in namespace {namespace} because it is being terminated"
        );
        let said = format!("namespace {namespace} is being terminated");
        return Err(Refusal::forbidden(kind, name, &detail).with_cause(
            "NamespaceTerminating",
            "metadata.namespace",
            &said,
        ));
    }
    Ok(())
}

/// Puts a changed object in place of the old one.
pub(crate) fn replace(
    world: &World,
    state: &mut State,
    kind: &Kind,
    old: &Arc<Value>,
    mut new: Value,
    by: Writer,
) -> Result<Arc<Value>, Refusal> {
    let name = object::name(old).to_owned();
    let wanted = object::text(&new, "/metadata/resourceVersion");
    if !wanted.is_empty() && wanted != object::text(old, "/metadata/resourceVersion") {
        return Err(Refusal::changed_meanwhile(kind, &name));
    }
    let wanted = object::uid(&new);
    if !wanted.is_empty() && wanted != object::uid(old) {
        let detail = format!(
            "Precondition failed: UID in precondition: {wanted}, UID in object meta: {}",
            object::uid(old)
        );
        return Err(Refusal::conflict(kind, &name, &detail));
    }
    keep_what_is_not_written(kind, old, &mut new, &by.subresource);
    defaults::fill(kind, &mut new);
    validate::check_change(kind, old, &new)?;
    defaults::allocate(world, state, kind, &mut new, Some(old))?;
    if kind.has("gen") && is_other_intent(old, &new) {
        let generation = object::number(old, "/metadata/generation").unwrap_or(1) + 1;
        object::meta(&mut new).insert("generation".into(), json!(generation));
    }
    let api_version = object::text(&new, "/apiVersion").to_owned();
    let managers = by.applied.clone().unwrap_or_else(|| {
        let mut managers = Managers::read(old);
        let difference = compare(old, &new, &kind.schema(version_of(&new, kind)));
        managers.updated(by.entry("Update", &api_version), &difference);
        managers
    });
    managers.write_to(&mut new);
    if by.dry || new == **old {
        return Ok(Arc::new(new));
    }
    let stored = state.store.put(kind.storage(), new);
    defined(state, kind, &stored);
    removal::finish(state, kind, &stored);
    Ok(stored)
}

/// Carries over what a writer of this subresource may not change.
fn keep_what_is_not_written(kind: &Kind, old: &Value, new: &mut Value, subresource: &str) {
    if subresource == "status" {
        let status = new.get("status").cloned();
        let version = new["apiVersion"].clone();
        *new = old.clone();
        new["apiVersion"] = version;
        if let (Some(status), Some(members)) = (status, new.as_object_mut()) {
            members.insert("status".into(), status);
        }
    } else if kind.has("status")
        && let Some(members) = new.as_object_mut()
    {
        members.remove("status");
        if let Some(status) = old.get("status") {
            members.insert("status".into(), status.clone());
        }
    }
    let meta = object::meta(new);
    meta.retain(|_, value| !value.is_null());
    for name in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "generation",
        "generateName",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "resourceVersion",
        "managedFields",
    ] {
        match old.pointer(&format!("/metadata/{name}")) {
            Some(value) => drop(meta.insert(name.into(), value.clone())),
            None => drop(meta.remove(name)),
        }
    }
}

/// Whether anything but metadata and status differs.
fn is_other_intent(old: &Value, new: &Value) -> bool {
    let intent = |object: &Value| {
        let mut members = object.as_object().cloned().unwrap_or_default();
        members.retain(|name, _| !matches!(name.as_str(), "metadata" | "status" | "apiVersion"));
        members
    };
    intent(old) != intent(new)
}

/// Begins or goes on serving a custom resource once its definition is written.
pub(crate) fn defined(state: &mut State, kind: &Kind, stored: &Arc<Value>) {
    let is_established = object::items(stored, "/status/conditions")
        .any(|condition| condition["type"] == "Established" && condition["status"] == "True");
    if kind.kind == "CustomResourceDefinition" && is_established {
        state.kinds.define(stored);
    }
}
