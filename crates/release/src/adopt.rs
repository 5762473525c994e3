//! Objects that a join of a mesh and a release share: the reader's ServiceAccount, role and binding.
//!
//! A join creates them where no chart has; a chart of Istio that renders them is installed later. Then the
//! release adopts them: it owns them, and keeps the label, rules and subjects that the join needs. When the
//! release goes, they return to the join. Start at [`is_of_join`] and [`merged`].

use crate::{
    compare::SERVER_FIELDS,
    helm_labels::{MANAGED_BY, RELEASE_NAME, RELEASE_NAMESPACE},
};
use cluster::{Apply, Cluster, FIELD_MANAGER, MetadataPatch, Object, rules};
use serde_json::{Value, json};

/// The label of every object that belongs to a join, created or adopted.
pub const JOIN_LABEL: &str = "meshspan.io/join";
/// The annotation of an object of a join that the console adopted: the labels and annotations that the adoption
/// added, so that it can be undone.
pub const ADOPTED_ANNOTATION: &str = "meshspan.io/adopted";
/// The kinds of which a join and a release may share an object.
const SHARED_KINDS: [&str; 3] = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding"];

/// Whether an object may be shared by a join and a release.
pub(crate) fn is_shareable(object: &Object) -> bool {
    SHARED_KINDS.contains(&object.kind())
}

/// Whether a join needs a live object.
pub(crate) fn is_used_by_join(live: &Object) -> bool {
    is_shareable(live) && live.label(JOIN_LABEL) == Some("true")
}

/// Whether a live object belongs to a join and to no release. An adopted one keeps the label of its tool, which is
/// `Helm` where the templates of a chart were applied without a release.
pub(crate) fn is_of_join(live: &Object) -> bool {
    let is_own = live.label(MANAGED_BY) == Some(FIELD_MANAGER);
    is_used_by_join(live)
        && live.annotation(RELEASE_NAME).is_none()
        && (is_own || live.annotation(ADOPTED_ANNOTATION).is_some())
}

/// Whether fields of a live object change their owner when a release takes it over: those of an object that another
/// tool made for its join, and that the console adopted.
fn takes_fields(live: &Object) -> bool {
    is_of_join(live) && live.annotation(ADOPTED_ANNOTATION).is_some()
}

/// An object of a release as it is applied over the live one: with what the join needs, where a join needs it.
/// Both are applied by the same field manager, which would remove what the object of the release leaves out.
fn merged(object: &Object, live: &Object) -> Object {
    let mut merged = object.clone();
    if !is_used_by_join(live) {
        return merged;
    }
    let value = merged.value_mut();
    value["metadata"]["labels"][JOIN_LABEL] = json!("true");
    match object.kind() {
        "ClusterRole" => {
            let rules = rules::union(object.list("/rules"), live.list("/rules"));
            value["rules"] = json!(rules);
        }
        "ClusterRoleBinding" => {
            let subjects = subjects(object.list("/subjects"), live.list("/subjects"));
            value["subjects"] = json!(subjects);
        }
        _ => {}
    }
    merged
}

/// The subjects of a release, and after them those that only the live binding has.
fn subjects(of_release: &[Value], live: &[Value]) -> Vec<Value> {
    let is_same = |first: &Value, other: &Value| {
        let mut keys = ["kind", "name", "namespace"].into_iter();
        keys.all(|key| first.get(key) == other.get(key))
    };
    let is_new = |subject: &&Value| !of_release.iter().any(|known| is_same(known, subject));
    let others = live.iter().filter(is_new);
    of_release.iter().chain(others).cloned().collect()
}

/// An object of a release with what the join of the live object needs, and how it is applied.
pub(crate) fn with_join(object: &Object, live: &Object) -> (Object, Apply) {
    let mode = if takes_fields(live) {
        Apply::Force
    } else {
        Apply::Persist
    };
    (merged(object, live), mode)
}

/// Gives an object back to its join when its release goes.
///
/// # Errors
/// As [`Cluster::apply`].
pub(crate) async fn return_to_join(cluster: &Cluster, live: &Object) -> Result<(), cluster::Error> {
    let returned = cluster.apply(&without_release(live), Apply::Force).await?;
    if returned.annotation(RELEASE_NAME).is_none() {
        return Ok(());
    }
    // Another field manager wrote the annotations, such as helm.
    let annotations = [RELEASE_NAME, RELEASE_NAMESPACE].map(|key| (key.to_owned(), None));
    let patch = MetadataPatch {
        annotations: annotations.into(),
        ..MetadataPatch::default()
    };
    let object = returned.reference();
    cluster.patch_metadata(&object, &patch, None).await?;
    Ok(())
}

/// A live object as the join owns it.
fn without_release(live: &Object) -> Object {
    let mut object = live.clone();
    let metadata = &mut object.value_mut()["metadata"];
    if let Some(metadata) = metadata.as_object_mut() {
        for field in SERVER_FIELDS {
            metadata.remove(field);
        }
        let annotations = metadata
            .get_mut("annotations")
            .and_then(Value::as_object_mut);
        if let Some(annotations) = annotations {
            annotations.remove(RELEASE_NAME);
            annotations.remove(RELEASE_NAMESPACE);
        }
    }
    metadata["labels"][MANAGED_BY] = json!(FIELD_MANAGER);
    object
}

#[cfg(test)]
mod tests;
