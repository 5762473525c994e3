//! StatefulSets: numbered pods, one after the other.
//!
//! Start at [`step`].

use std::time::Duration;

use serde_json::{Value, json};

use super::{is_ready, pod_from};
use crate::object;
use crate::world::{State, World};

const ID: &str = "statefulsets.apps";

pub(super) fn step(world: &World, state: &mut State) -> Option<Duration> {
    for set in state.store.list(ID, None) {
        if !object::is_going(&set) {
            reconcile(world, state, &set);
        }
    }
    None
}

fn reconcile(world: &World, state: &mut State, set: &Value) {
    let wanted = object::number(set, "/spec/replicas").unwrap_or(1).max(0);
    let in_turn = object::text(set, "/spec/podManagementPolicy") != "Parallel";
    let namespace = object::namespace(set);
    for number in 0..wanted {
        let name = format!("{}-{number}", object::name(set));
        match state.store.get("pods", namespace, &name) {
            Some(pod) if in_turn && !is_ready(&pod) => break,
            Some(_) => {}
            None => {
                let mut pod = pod_from(&set["spec"]["template"], set);
                let meta = object::meta(&mut pod);
                meta.remove("generateName");
                meta.insert("name".into(), json!(name));
                pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = json!(name);
                pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] =
                    json!(number.to_string());
                // Refused only where the namespace is going.
                let _ = state.make(world, "pods", pod);
                if in_turn {
                    break;
                }
            }
        }
    }
    let pods = state.pods_of(set);
    for pod in &pods {
        let number = object::name(pod)
            .rsplit('-')
            .next()
            .and_then(|text| text.parse::<i64>().ok());
        if number.is_none_or(|number| number >= wanted) {
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
    state.set_status(world, ID, set, status);
}
