//! The PersistentVolumeClaims of a StatefulSet: one per template and ordinal.
//!
//! The claims survive their pods, unless the retention policy of the set gives them an owner.
//! Start at [`create`] and [`update_owners`].

use serde_json::{Value, json};

use super::super::events::{EventRecord, record_event};
use super::plan::PodSet;
use super::{COMPONENT, identity};
use crate::cluster::{Cluster, State};
use crate::object;

const ID: &str = "persistentvolumeclaims";

/// Creates the missing claims of a pod; the error is the message of an event.
pub(super) fn create(
    cluster: &Cluster,
    state: &mut State,
    set: &Value,
    ordinal: i64,
    pod: &str,
) -> Result<(), String> {
    let (namespace, set_name) = (object::namespace(set), object::name(set));
    let templates = object::items(set, "/spec/volumeClaimTemplates");
    for (template, (_, name)) in templates.zip(identity::claim_names(set, ordinal)) {
        if state.objects.get(ID, namespace, &name).is_some() {
            continue;
        }
        let claim = claim(set, template, &name);
        state.create(cluster, ID, claim).map_err(|status| {
            format!(
                "create Claim {name} for Pod {pod} in StatefulSet {set_name} failed error: {status}"
            )
        })?;
        let message = format!("create Claim {name} Pod {pod} in StatefulSet {set_name} success");
        let event = EventRecord::normal(COMPONENT, "SuccessfulCreate", message);
        record_event(cluster, state, set, &event);
    }
    Ok(())
}

fn claim(set: &Value, template: &Value, name: &str) -> Value {
    let mut claim = template.clone();
    claim["apiVersion"] = json!("v1");
    claim["kind"] = json!("PersistentVolumeClaim");
    let meta = object::map(&mut claim, "metadata");
    meta.insert("name".into(), json!(name));
    meta.insert("namespace".into(), json!(object::namespace(set)));
    for (key, value) in object::pairs(set, "/spec/selector/matchLabels") {
        claim["metadata"]["labels"][key] = json!(value);
    }
    claim
}

/// Gives the claims of the pods the owners that the retention policy of the set demands.
pub(super) fn update_owners(cluster: &Cluster, state: &mut State, set: &Value, pods: &PodSet) {
    let policy = &set["spec"]["persistentVolumeClaimRetentionPolicy"];
    let (on_delete, on_scale) = (
        policy["whenDeleted"] == "Delete",
        policy["whenScaled"] == "Delete",
    );
    for (ordinal, pod, is_condemned) in pods.with_ordinals() {
        let owned_by_pod = on_scale && is_condemned;
        let owned_by_set = on_delete && !owned_by_pod;
        for (_, name) in identity::claim_names(set, ordinal) {
            let Some(claim) = state.objects.get(ID, object::namespace(set), &name) else {
                continue;
            };
            let mut owned = claim.as_ref().clone();
            let others = object::items(&claim, "/metadata/ownerReferences").filter(|reference| {
                reference["uid"] != object::uid(set) && reference["uid"] != object::uid(pod)
            });
            let mut owners: Vec<Value> = others.cloned().collect();
            owners.extend(owned_by_set.then(|| object::controller_reference(set)));
            owners.extend(owned_by_pod.then(|| object::controller_reference(pod)));
            let meta = object::meta(&mut owned);
            if owners.is_empty() {
                meta.remove("ownerReferences");
            } else {
                meta.insert("ownerReferences".into(), json!(owners));
            }
            state.update(cluster, ID, owned, "");
        }
    }
}
