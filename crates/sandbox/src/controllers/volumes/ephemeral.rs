//! The claims of ephemeral volumes: one per pod and volume, deleted with the pod.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::keys::{self, BuiltInController};
use super::CLAIMS;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::ObjectKey;

pub(in crate::controllers) const CONTROLLER: BuiltInController = BuiltInController {
    name: "ephemeral-volume",
    kinds: &["pods"],
    keys: |_, change| {
        let has_claim = ephemeral_volumes(&change.object).next().is_some();
        if has_claim {
            keys::own("pods", change)
        } else {
            Vec::new()
        }
    },
    reconcile,
};

fn ephemeral_volumes(pod: &Value) -> impl Iterator<Item = &Value> {
    object::items(pod, "/spec/volumes").filter(|volume| volume.get("ephemeral").is_some())
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let pod = state.objects.get_key(key)?;
    if object::is_terminating(&pod) {
        return None;
    }
    for volume in ephemeral_volumes(&pod) {
        let name = format!("{}-{}", key.name, object::text(volume, "/name"));
        if state.objects.get(CLAIMS, &key.namespace, &name).is_some() {
            continue;
        }
        let template = &volume["ephemeral"]["volumeClaimTemplate"];
        let mut claim = json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": template["metadata"], "spec": template["spec"],
        });
        let meta = object::meta(&mut claim);
        meta.insert("name".into(), json!(name));
        meta.insert("namespace".into(), json!(key.namespace));
        meta.insert(
            "ownerReferences".into(),
            json!([object::controller_reference(&pod)]),
        );
        // This fails only while the namespace terminates.
        let _ = state.create(cluster, CLAIMS, claim);
    }
    None
}
