//! StatefulSets: numbered pods, created in order.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::keys::{self, BuiltInController};
use super::{is_ready, pod_from};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};

const ID: &str = "statefulsets.apps";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "statefulset",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(_: &State, change: &Change) -> Vec<ObjectKey> {
    keys::own_or_controller(ID, "StatefulSet", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let set = state.objects.get_key(key)?;
    if !object::is_terminating(&set) {
        reconcile(cluster, state, &set);
    }
    None
}

fn reconcile(cluster: &Cluster, state: &mut State, set: &Value) {
    let replicas = object::number(set, "/spec/replicas").unwrap_or(1).max(0);
    let is_ordered = object::text(set, "/spec/podManagementPolicy") != "Parallel";
    let namespace = object::namespace(set);
    for number in 0..replicas {
        let name = format!("{}-{number}", object::name(set));
        match state.objects.get("pods", namespace, &name) {
            Some(pod) if is_ordered && !is_ready(&pod) => break,
            Some(_) => {}
            None => {
                let mut pod = pod_from(&set["spec"]["template"], set);
                let meta = object::meta(&mut pod);
                meta.remove("generateName");
                meta.insert("name".into(), json!(name));
                pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = json!(name);
                pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] =
                    json!(number.to_string());
                // This fails only while the namespace terminates.
                let _ = state.create(cluster, "pods", pod);
                if is_ordered {
                    break;
                }
            }
        }
    }
    let pods = state.pods_of(set);
    for pod in &pods {
        let ordinal = object::name(pod)
            .rsplit('-')
            .next()
            .and_then(|text| text.parse::<i64>().ok());
        if ordinal.is_none_or(|ordinal| ordinal >= replicas) {
            state.delete("pods", pod);
        }
    }
    let pods = state.pods_of(set);
    let ready = pods.iter().filter(|pod| is_ready(pod)).count();
    let status = json!({
        "replicas": pods.len(), "readyReplicas": ready, "availableReplicas": ready,
        "currentReplicas": pods.len(), "updatedReplicas": pods.len(), "collisionCount": 0,
        "currentRevision": format!("{}-1", object::name(set)),
        "updateRevision": format!("{}-1", object::name(set)),
        "observedGeneration": set["metadata"]["generation"],
    });
    state.set_status(cluster, ID, set, status);
}
