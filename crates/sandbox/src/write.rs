//! Creation, replacement and deletion of objects by clients and controllers.
//!
//! Every write passes admission, defaulting, validation and the bookkeeping of generations and
//! managed fields. Start at [`create`], [`replace`] and [`delete`].

use std::sync::Arc;

use serde_json::{Value, json};

use crate::access::{Identity, escalation};
use crate::admission;
use crate::admission_server::AdmissionContext;
use crate::api_status::ApiStatus;
use crate::apply::fields::compare;
use crate::apply::managers::{Entry, Managers};
use crate::cluster::{Cluster, State, random_suffix};
use crate::defaults;
use crate::kinds::Kind;
use crate::object;
use crate::validate::{self, Author};
use crate::webhooks::{self, Review};

pub(crate) mod delete;
mod fields;
mod references;

pub(crate) use delete::{DeleteOptions, delete};
use fields::{changes_spec, requested_owners, retain_read_only_fields};
use references::{check_account, check_namespace};

/// The author of a write, and its options.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pub(crate) manager: String,
    pub(crate) subresource: String,
    /// Whether the result is only shown and not stored.
    pub(crate) dry_run: bool,
    /// The client that writes; `None` for the cluster itself.
    pub(crate) identity: Option<Identity>,
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
            identity: None,
            applied: None,
        }
    }

    /// The review of a write by webhooks.
    fn review<'a>(
        &'a self,
        operation: &'static str,
        kind: &'a Kind,
        old: Option<&'a Value>,
    ) -> Review<'a> {
        Review {
            operation,
            kind,
            subresource: &self.subresource,
            identity: self.identity.as_ref(),
            old,
            dry_run: self.dry_run,
        }
    }

    fn author(&self) -> Author {
        if self.identity.is_some() {
            Author::Client
        } else {
            Author::Cluster
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
    check_account(state, kind, &object)?;
    admission::mutate(state, kind, &mut object);
    let review = writer.review("CREATE", kind, None);
    webhooks::mutate(cluster, state, &review, &mut object)?;
    defaults::fill(kind, &mut object);
    validate::check_new(kind, &object)?;
    if let Some(identity) = &writer.identity {
        escalation::check(&state.objects, identity, kind, None, &object)?;
    }
    webhooks::validate(cluster, state, &review, &object)?;
    admission::check(state, kind, &object)?;
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
    defaults::allocate(cluster, state, kind, &mut object, None, writer.dry_run)?;
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
    let owners = requested_owners(&new, old, &writer.subresource);
    retain_read_only_fields(kind, old, &mut new, &writer.subresource);
    if kind.id == "services" {
        defaults::release_node_ports(old, &mut new);
    }
    defaults::fill(kind, &mut new);
    let review = writer.review("UPDATE", kind, Some(old));
    webhooks::mutate(cluster, state, &review, &mut new)?;
    defaults::fill(kind, &mut new);
    if writer.subresource == "status" {
        validate::check_status(kind, &new)?;
    } else {
        validate::check_change(kind, old, &new, writer.author())?;
    }
    if let Some(identity) = &writer.identity {
        escalation::check(&state.objects, identity, kind, Some(old), &new)?;
    }
    webhooks::validate(cluster, state, &review, &new)?;
    defaults::allocate(cluster, state, kind, &mut new, Some(old), writer.dry_run)?;
    if kind.has("gen") && changes_spec(old, &new) {
        let generation = object::number(old, "/metadata/generation").unwrap_or(1) + 1;
        object::meta(&mut new).insert("generation".into(), json!(generation));
    }
    let api_version = object::text(&new, "/apiVersion").to_owned();
    let managers = writer.applied.clone().unwrap_or_else(|| {
        let mut managers = owners;
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

/// Serves the resource of a CRD once the CRD is established.
pub(crate) fn serve_crd(state: &mut State, kind: &Kind, stored: &Arc<Value>) {
    let is_established = object::items(stored, "/status/conditions")
        .any(|condition| condition["type"] == "Established" && condition["status"] == "True");
    if kind.kind == "CustomResourceDefinition" && is_established {
        state.kinds.add_crd(stored);
    }
}
