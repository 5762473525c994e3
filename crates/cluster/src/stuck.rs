//! Deleted objects that still exist: their finalizers, and the field managers that set them.

use crate::{Cluster, Error, NamespaceState, Object, ObjectRef};
use std::{collections::BTreeSet, fmt};

/// A deleted object that still exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckObject {
    /// The object.
    pub object: ObjectRef,
    /// Its finalizers.
    pub finalizers: Vec<String>,
    /// The field managers that set the finalizers.
    pub set_by: Vec<String>,
    /// The conditions that the cluster reports.
    pub messages: Vec<String>,
}

impl fmt::Display for StuckObject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.finalizers.is_empty() {
            parts.push(format!("finalizers {}", self.finalizers.join(", ")));
        }
        if !self.set_by.is_empty() {
            parts.push(format!("set by {}", self.set_by.join(", ")));
        }
        parts.extend(self.messages.iter().cloned());
        out.write_str(&parts.join(", "))
    }
}

/// Each object with its reasons, as one text.
pub fn describe_stuck(stuck: &[StuckObject]) -> String {
    let lines = stuck.iter().map(|stuck| match stuck.to_string().as_str() {
        "" => stuck.object.to_string(),
        reasons => format!("{} ({reasons})", stuck.object),
    });
    lines.collect::<Vec<_>>().join("; ")
}

/// Why an object still exists; none when it does not.
///
/// # Errors
/// As [`Cluster::get`].
pub async fn inspect_deletion(
    cluster: &Cluster,
    object: &ObjectRef,
) -> Result<Option<StuckObject>, Error> {
    let found = match cluster.get(object).await {
        Err(Error::NoSuchKind { .. }) => None,
        found => found?,
    };
    let Some(found) = found else { return Ok(None) };
    let mut stuck = finalizers(&found);
    if object.kind == "Namespace"
        && let NamespaceState::Terminating { held_by } =
            cluster.namespace_state(&object.name).await?
    {
        stuck.messages = held_by;
    }
    Ok(Some(stuck))
}

fn finalizers(object: &Object) -> StuckObject {
    let entries = object.managed_fields();
    let entries = entries.filter(|entry| entry.contain(&["metadata", "finalizers"]));
    let managers = entries.map(|entry| entry.manager);
    let set_by: BTreeSet<&str> = managers.filter(|manager| !manager.is_empty()).collect();
    StuckObject {
        object: object.reference(),
        finalizers: object.finalizers().map(str::to_owned).collect(),
        set_by: set_by.into_iter().map(str::to_owned).collect(),
        messages: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_managers_of_finalizers_are_named() {
        let object = Object::new(json!({
            "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
            "metadata": {"name": "web", "namespace": "shop", "finalizers": ["example.org/lock"],
                "managedFields": [
                    {"manager": "helm", "fieldsV1": {"f:spec": {}}},
                    {"manager": "locker", "fieldsV1": {"f:metadata": {"f:finalizers": {}}}}]}}));
        let stuck = finalizers(&object.expect("an object"));
        assert_eq!(
            describe_stuck(&[stuck]),
            "Gateway shop/web (finalizers example.org/lock, set by locker)"
        );
    }
}
