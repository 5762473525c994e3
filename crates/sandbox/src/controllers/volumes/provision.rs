//! Provisioning of volumes by the simulated provisioner of the sandbox.
//!
//! Claims of any other provisioner stay pending, as in a cluster where it is not installed. Start at
//! [`provision`].

use std::time::Duration;

use serde_json::{Value, json};

use super::super::events::{EventRecord, record_event};
use super::{CLAIMS, COMPONENT, PROVISIONER, VOLUMES, binding, report};
use crate::cluster::{Cluster, State};
use crate::object;

const ANNOTATIONS: [&str; 2] = [
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
];

/// Creates the volume of a claim once its delay has passed.
pub(super) fn provision(
    cluster: &Cluster,
    state: &mut State,
    claim: &Value,
    class: &Value,
) -> Option<Duration> {
    let provisioner = object::text(class, "/provisioner");
    if provisioner == "kubernetes.io/no-provisioner" {
        let message = format!("no volume plugin matched name: {provisioner}");
        let event = EventRecord::warning(COMPONENT, "ProvisioningFailed", message);
        report(cluster, state, claim, &event);
        return None;
    }
    let claim = annotate(cluster, state, claim, provisioner);
    let message = format!(
        "Waiting for a volume to be created either by the external provisioner '{provisioner}' or \
         manually by the system administrator. If volume creation is delayed, please verify that \
         the provisioner is running and correctly registered."
    );
    let event = EventRecord::normal(COMPONENT, "ExternalProvisioning", message);
    report(cluster, state, &claim, &event);
    if provisioner != PROVISIONER {
        return None;
    }
    let (namespace, name) = (object::namespace(&claim), object::name(&claim));
    let message =
        format!("External provisioner is provisioning volume for claim \"{namespace}/{name}\"");
    let event = EventRecord::normal(PROVISIONER, "Provisioning", message);
    report(cluster, state, &claim, &event);
    let delay = cluster.config.timing.container_start;
    let elapsed = state.elapsed_since(&claim, "provision");
    if elapsed < delay {
        return delay.checked_sub(elapsed);
    }
    let volume = volume(&claim, class);
    let created = state.create(cluster, VOLUMES, volume).ok()?;
    let message = format!("Successfully provisioned volume {}", object::name(&created));
    let event = EventRecord::normal(PROVISIONER, "ProvisioningSucceeded", message);
    record_event(cluster, state, &claim, &event);
    binding::bind(cluster, state, &claim, &created);
    None
}

/// Names the provisioner in a claim; returns the current claim.
fn annotate(cluster: &Cluster, state: &mut State, claim: &Value, provisioner: &str) -> Value {
    let mut annotated = claim.clone();
    for name in ANNOTATIONS {
        annotated["metadata"]["annotations"][name] = json!(provisioner);
    }
    state.update(cluster, CLAIMS, annotated.clone(), "");
    let (namespace, name) = (object::namespace(claim), object::name(claim));
    let current = state.objects.get(CLAIMS, namespace, name);
    current.map_or(annotated, |current| current.as_ref().clone())
}

/// The volume of a claim.
fn volume(claim: &Value, class: &Value) -> Value {
    let name = format!("pvc-{}", object::uid(claim));
    let policy = class["reclaimPolicy"].as_str().unwrap_or("Delete");
    json!({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {
            "name": name,
            "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER},
        },
        "spec": {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "accessModes": claim["spec"]["accessModes"], "claimRef": binding::reference(claim),
            "persistentVolumeReclaimPolicy": policy, "storageClassName": object::name(class),
            "volumeMode": claim["spec"]["volumeMode"],
            "csi": {"driver": PROVISIONER, "volumeHandle": name, "fsType": "ext4"},
        },
    })
}
