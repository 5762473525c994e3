//! PersistentVolumeClaims and PersistentVolumes: bound to each other, provisioned for a class, protected
//! while they are used, and reclaimed.
//!
//! No data is stored anywhere. Start at [`CONTROLLER`].

mod binding;
mod ephemeral;
mod provision;
mod volume;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::events::{EventRecord, record_event};
use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::defaults::default_class;
use crate::object;
use crate::object_map::{Change, EventType, Index, ObjectKey, claim_names};

pub(super) use ephemeral::CONTROLLER as EPHEMERAL;

/// The provisioner of the StorageClass of the sandbox.
pub(super) const PROVISIONER: &str = "sandbox.meshspan.dev/volumes";

const CLAIMS: &str = "persistentvolumeclaims";
const VOLUMES: &str = "persistentvolumes";
const CLASSES: &str = "storageclasses.storage.k8s.io";
const COMPONENT: &str = "persistentvolume-controller";
const CLAIM_FINALIZER: &str = "kubernetes.io/pvc-protection";
const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";
const BOUND_BY_CONTROLLER: &str = "pv.kubernetes.io/bound-by-controller";
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "persistent-volume",
    kinds: &[CLAIMS, VOLUMES],
    keys: concerned,
    reconcile,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    let object = &change.object;
    match &*change.kind {
        CLAIMS => {
            let mut keys = keys::own(CLAIMS, change);
            let volume = object::text(object, "/spec/volumeName");
            if !volume.is_empty() {
                keys.push(ObjectKey::new(VOLUMES, "", volume));
            }
            keys
        }
        VOLUMES => {
            let mut keys = keys::own(VOLUMES, change);
            let claim = &object["spec"]["claimRef"];
            if claim.is_null() {
                keys.extend(pending_claims(state));
            } else {
                keys.push(ObjectKey::of(CLAIMS, &json!({"metadata": claim})));
            }
            keys
        }
        CLASSES => pending_claims(state),
        // The claims of a pod are protected until it is gone.
        "pods" if change.event == EventType::Deleted => {
            let namespace = object::namespace(object);
            let names = claim_names(object);
            names
                .map(|name| ObjectKey::new(CLAIMS, namespace, &name))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn pending_claims(state: &State) -> Vec<ObjectKey> {
    let claims = state.objects.entries(CLAIMS).map(|entry| &entry.object);
    claims
        .filter(|claim| object::text(claim, "/status/phase") == "Pending")
        .map(|claim| ObjectKey::of(CLAIMS, claim))
        .collect()
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let found = state.objects.get_key(key)?;
    if &*key.kind == VOLUMES {
        volume::reconcile(cluster, state, &found);
        return None;
    }
    if object::is_terminating(&found) {
        if !is_used(state, &found) {
            remove_finalizer(cluster, state, CLAIMS, &found, CLAIM_FINALIZER);
        }
        return None;
    }
    if object::text(&found, "/spec/volumeName").is_empty() {
        bind_or_provision(cluster, state, &found)
    } else {
        binding::complete(cluster, state, &found);
        None
    }
}

/// Whether a pod on a node uses a claim.
fn is_used(state: &State, claim: &Value) -> bool {
    let term = format!("{}/{}", object::namespace(claim), object::name(claim));
    let mut pods = state.objects.indexed(Index::Claim, &term);
    pods.any(|(_, pod)| !object::text(pod, "/spec/nodeName").is_empty())
}

/// Binds a claim to a volume that fits, or provisions one; otherwise an event says what is missing.
fn bind_or_provision(cluster: &Cluster, state: &mut State, claim: &Value) -> Option<Duration> {
    let class_name = claim["spec"]["storageClassName"].as_str();
    let Some(class_name) = class_name.map(str::to_owned) else {
        if let Some(default) = default_class(state) {
            let mut changed = claim.clone();
            changed["spec"]["storageClassName"] = json!(default);
            state.update(cluster, CLAIMS, changed, "");
        } else {
            report_no_class(cluster, state, claim);
        }
        return None;
    };
    let class = state.objects.get(CLASSES, "", &class_name);
    let annotations = &claim["metadata"]["annotations"];
    let waits = class
        .as_ref()
        .is_some_and(|class| class["volumeBindingMode"] == "WaitForFirstConsumer")
        && annotations[SELECTED_NODE].is_null();
    let volume = binding::find(state, claim, waits);
    if let Some(volume) = volume {
        binding::bind(cluster, state, claim, &volume);
        return None;
    }
    if class_name.is_empty() {
        report_no_class(cluster, state, claim);
        return None;
    }
    let Some(class) = class else {
        let message = format!("storageclass.storage.k8s.io \"{class_name}\" not found");
        report(
            cluster,
            state,
            claim,
            &EventRecord::warning(COMPONENT, "ProvisioningFailed", message),
        );
        return None;
    };
    if waits {
        let message = "waiting for first consumer to be created before binding".to_owned();
        report(
            cluster,
            state,
            claim,
            &EventRecord::normal(COMPONENT, "WaitForFirstConsumer", message),
        );
        return None;
    }
    provision::provision(cluster, state, claim, &class)
}

fn report_no_class(cluster: &Cluster, state: &mut State, claim: &Value) {
    let message =
        "no persistent volumes available for this claim and no storage class is set".to_owned();
    report(
        cluster,
        state,
        claim,
        &EventRecord::normal(COMPONENT, "FailedBinding", message),
    );
}

/// Records an event about a claim, once for each state of the claim.
fn report(cluster: &Cluster, state: &mut State, claim: &Value, event: &EventRecord<'_>) {
    if state.is_first(claim, &event.summary()) {
        record_event(cluster, state, claim, event);
    }
}

/// Removes a finalizer from an object.
fn remove_finalizer(cluster: &Cluster, state: &mut State, kind: &str, object: &Value, name: &str) {
    let mut changed = object.clone();
    let finalizers = changed.pointer_mut("/metadata/finalizers");
    if let Some(finalizers) = finalizers.and_then(Value::as_array_mut) {
        finalizers.retain(|finalizer| finalizer != name);
    }
    state.update(cluster, kind, changed, "");
}
