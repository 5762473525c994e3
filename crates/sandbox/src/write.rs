//! Creation, replacement and deletion of objects by clients and controllers.
//!
//! Every write passes admission, defaulting, validation and the bookkeeping of generations and
//! managed fields. Start at [`create`], [`replace`] and [`delete`].

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api_status::ApiStatus;
use crate::apply::fields::compare;
use crate::apply::managers::{Entry, Managers};
use crate::cluster::{Cluster, State, random_suffix};
use crate::defaults;
use crate::extension::AdmissionContext;
use crate::kinds::Kind;
use crate::object;
use crate::validate;

pub(crate) mod delete;

pub(crate) use delete::{DeleteOptions, delete};

/// The author of a write, and its options.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pub(crate) manager: String,
    pub(crate) subresource: String,
    /// Whether the result is only shown and not stored.
    pub(crate) dry_run: bool,
    /// The managers after an apply; for other writes, the writer owns the changed fields.
    pub(crate) applied: Option<Managers>,
}

impl Writer {
    /// A simulated controller.
    pub(crate) fn controller(subresource: &str) -> Self {
        Self {
            manager: "kube-controller-manager".to_owned(),
            subresource: subresource.to_owned(),
            dry_run: false,
            applied: None,
        }
    }

    /// The entry of this writer in the managed fields of an object, at a time.
    pub(crate) fn entry(&self, operation: &str, api_version: &str, time: String) -> Entry {
        Entry {
            manager: self.manager.clone(),
            operation: operation.to_owned(),
            api_version: api_version.to_owned(),
            subresource: self.subresource.clone(),
            time,
            fields: crate::apply::fields::FieldSet::default(),
        }
    }
}

/// The API version of an object.
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
    cluster: &Cluster,
    state: &mut State,
    kind: &Kind,
    mut object: Value,
    writer: Writer,
) -> Result<Arc<Value>, ApiStatus> {
    prepare(kind, &mut object, state.now());
    let name = object::name(&object).to_owned();
    let namespace = object::namespace(&object).to_owned();
    let existing = state.objects.get(kind.storage(), &namespace, &name);
    if let Some(existing) = existing.filter(|_| !name.is_empty()) {
        let mut status = ApiStatus::already_exists(kind, &name);
        if object::is_terminating(&existing) {
            status.message = format!("object is being deleted: {}", status.message);
        }
        return Err(status);
    }
    if kind.namespaced {
        check_namespace(state, kind, &namespace, &name)?;
    }
    admit(cluster, state, kind, &mut object)?;
    defaults::fill(kind, &mut object);
    validate::check_new(kind, &object)?;
    let api_version = object::text(&object, "/apiVersion").to_owned();
    let schema = kind.schema(version_of(&object, kind));
    let managers = writer.applied.clone().unwrap_or_else(|| {
        let mut managers = Managers::default();
        let difference = compare(&json!({"status": object["status"]}), &object, &schema);
        managers.record_update(
            writer.entry("Update", &api_version, state.now()),
            &difference,
        );
        managers
    });
    defaults::allocate(cluster, state, kind, &mut object, None)?;
    managers.write_to(&mut object);
    if writer.dry_run {
        return Ok(Arc::new(object));
    }
    let stored = state.objects.put(kind.storage(), object);
    serve_crd(state, kind, &stored);
    Ok(stored)
}

/// Calls the admission plugins of all extensions.
fn admit(
    cluster: &Cluster,
    state: &State,
    kind: &Kind,
    object: &mut Value,
) -> Result<(), ApiStatus> {
    let context = AdmissionContext::new(cluster, state);
    let extensions = cluster.config.extensions.iter();
    for plugin in extensions.flat_map(|extension| &extension.admission) {
        plugin.admit(&context, &kind.id, object)?;
    }
    Ok(())
}

/// Sets the fields of a new object that the server writes.
fn prepare(kind: &Kind, object: &mut Value, time: String) {
    if kind.has("status") && kind.kind != "Node" {
        drop(
            object
                .as_object_mut()
                .map(|members| members.remove("status")),
        );
    }
    set_initial_status(kind, object);
    let meta = object::meta(object);
    let prefix = meta
        .get("generateName")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let name = meta.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() && !prefix.is_empty() {
        meta.insert("name".into(), json!(format!("{prefix}{}", random_suffix())));
    }
    for member in [
        "resourceVersion",
        "selfLink",
        "managedFields",
        "deletionTimestamp",
        "generation",
    ] {
        meta.remove(member);
    }
    meta.retain(|_, value| !value.is_null());
    meta.insert("uid".into(), json!(uuid::Uuid::new_v4().to_string()));
    meta.insert("creationTimestamp".into(), json!(time));
    if kind.has("gen") {
        meta.insert("generation".into(), json!(1));
    }
    if !kind.namespaced {
        meta.remove("namespace");
    }
}

/// Sets the status that an object has before its controller reconciles it.
fn set_initial_status(kind: &Kind, object: &mut Value) {
    let status = match kind.kind.as_str() {
        _ if kind.crd.is_some() => return,
        "Deployment" | "Job" | "CronJob" => json!({}),
        "ReplicaSet" | "StatefulSet" => json!({"replicas": 0}),
        "Service" => json!({"loadBalancer": {}}),
        "Namespace" => json!({"phase": "Active"}),
        "Pod" | "PersistentVolume" | "PersistentVolumeClaim" => json!({"phase": "Pending"}),
        _ => return,
    };
    object["status"] = status;
}

fn check_namespace(
    state: &State,
    kind: &Kind,
    namespace: &str,
    name: &str,
) -> Result<(), ApiStatus> {
    let namespaces = state
        .kinds
        .by_id("namespaces")
        .ok_or_else(ApiStatus::no_such_path)?;
    let Some(found) = state.objects.get("namespaces", "", namespace) else {
        return Err(ApiStatus::not_found(namespaces, namespace));
    };
    if object::is_terminating(&found) {
        let detail = format!(
            "unable to create new content in namespace {namespace} because it is being terminated"
        );
        let message = format!("namespace {namespace} is being terminated");
        return Err(ApiStatus::forbidden(kind, name, &detail).with_cause(
            "NamespaceTerminating",
            "metadata.namespace",
            &message,
        ));
    }
    Ok(())
}

/// Replaces an object.
pub(crate) fn replace(
    cluster: &Cluster,
    state: &mut State,
    kind: &Kind,
    old: &Arc<Value>,
    mut new: Value,
    writer: Writer,
) -> Result<Arc<Value>, ApiStatus> {
    let name = object::name(old).to_owned();
    let expected = object::text(&new, "/metadata/resourceVersion");
    if !expected.is_empty() && expected != object::text(old, "/metadata/resourceVersion") {
        return Err(ApiStatus::modified_concurrently(kind, &name));
    }
    let expected = object::uid(&new);
    if !expected.is_empty() && expected != object::uid(old) {
        let detail = format!(
            "Precondition failed: UID in precondition: {expected}, UID in object meta: {}",
            object::uid(old)
        );
        return Err(ApiStatus::conflict(kind, &name, &detail));
    }
    retain_read_only_fields(kind, old, &mut new, &writer.subresource);
    defaults::fill(kind, &mut new);
    validate::check_change(kind, old, &new)?;
    defaults::allocate(cluster, state, kind, &mut new, Some(old))?;
    if kind.has("gen") && changes_spec(old, &new) {
        let generation = object::number(old, "/metadata/generation").unwrap_or(1) + 1;
        object::meta(&mut new).insert("generation".into(), json!(generation));
    }
    let api_version = object::text(&new, "/apiVersion").to_owned();
    let managers = writer.applied.clone().unwrap_or_else(|| {
        let mut managers = Managers::read(old);
        let difference = compare(old, &new, &kind.schema(version_of(&new, kind)));
        managers.record_update(
            writer.entry("Update", &api_version, state.now()),
            &difference,
        );
        managers
    });
    managers.write_to(&mut new);
    if writer.dry_run || new == **old {
        return Ok(Arc::new(new));
    }
    let stored = state.objects.put(kind.storage(), new);
    serve_crd(state, kind, &stored);
    delete::remove_if_finalized(state, kind, &stored);
    Ok(stored)
}

/// Restores the fields that a writer of this subresource may not change.
fn retain_read_only_fields(kind: &Kind, old: &Value, new: &mut Value, subresource: &str) {
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

/// Whether members other than metadata and status differ.
fn changes_spec(old: &Value, new: &Value) -> bool {
    let spec_members = |object: &Value| {
        let mut members = object.as_object().cloned().unwrap_or_default();
        members.retain(|name, _| !matches!(name.as_str(), "metadata" | "status" | "apiVersion"));
        members
    };
    spec_members(old) != spec_members(new)
}

/// Serves the resource of a CRD once the CRD is established.
pub(crate) fn serve_crd(state: &mut State, kind: &Kind, stored: &Arc<Value>) {
    let is_established = object::items(stored, "/status/conditions")
        .any(|condition| condition["type"] == "Established" && condition["status"] == "True");
    if kind.kind == "CustomResourceDefinition" && is_established {
        state.kinds.add_crd(stored);
    }
}
