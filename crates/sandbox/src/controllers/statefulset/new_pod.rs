//! New pods of a StatefulSet, with their labels, host names and volumes.
//!
//! Start at [`pod`].

use serde_json::{Value, json};

use super::super::controller_revision::REVISION_LABEL;
use super::super::pod_from;
use super::identity;
use crate::object;

/// The pod with an ordinal, of a revision of the template.
pub(super) fn pod(set: &Value, ordinal: i64, revision: &str, template: &Value) -> Value {
    let name = identity::pod_name(set, ordinal);
    let mut pod = pod_from(template, set);
    let meta = object::meta(&mut pod);
    meta.remove("generateName");
    meta.insert("name".into(), json!(name));
    let labels = &mut pod["metadata"]["labels"];
    labels["statefulset.kubernetes.io/pod-name"] = json!(name);
    labels["apps.kubernetes.io/pod-index"] = json!(ordinal.to_string());
    labels[REVISION_LABEL] = json!(revision);
    pod["spec"]["hostname"] = json!(name);
    let service = object::text(set, "/spec/serviceName");
    if !service.is_empty() {
        pod["spec"]["subdomain"] = json!(service);
    }
    let claimed: Vec<Value> = identity::claim_names(set, ordinal)
        .map(|(volume, claim)| {
            json!({"name": volume, "persistentVolumeClaim": {"claimName": claim}})
        })
        .collect();
    if !claimed.is_empty() {
        let is_claimed =
            |volume: &Value| claimed.iter().any(|claim| claim["name"] == volume["name"]);
        let others = object::items(template, "/spec/volumes").filter(|volume| !is_claimed(volume));
        let volumes: Vec<Value> = claimed.iter().chain(others).cloned().collect();
        pod["spec"]["volumes"] = json!(volumes);
    }
    pod
}
