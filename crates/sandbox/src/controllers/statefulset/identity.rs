//! The names of the pods of a StatefulSet and of their claims.
//!
//! Start at [`pod_name`].

use serde_json::Value;

use crate::object;

/// The name of the pod with an ordinal.
pub(super) fn pod_name(set: &Value, ordinal: i64) -> String {
    format!("{}-{ordinal}", object::name(set))
}

/// The names of the claimed volumes of a pod and of their claims.
pub(super) fn claim_names(set: &Value, ordinal: i64) -> impl Iterator<Item = (&str, String)> {
    let pod = pod_name(set, ordinal);
    object::items(set, "/spec/volumeClaimTemplates").map(move |template| {
        let volume = object::name(template);
        (volume, format!("{volume}-{pod}"))
    })
}
