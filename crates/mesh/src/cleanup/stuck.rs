//! What was deleted and is still there: which finalizers hold it, and who set them.

use cluster::{Cluster, Error, NamespaceState, Object, ObjectRef};
use serde_json::Value;
use std::{collections::BTreeSet, fmt};

/// An object that does not go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Which object.
    pub object: ObjectRef,
    /// Its finalizers.
    pub finalizers: Vec<String>,
    /// Who set them: the field managers, in the cluster's words.
    pub set_by: Vec<String>,
    /// What the cluster says of it.
    pub messages: Vec<String>,
}

impl fmt::Display for Stuck {
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

/// Each object with what holds it, as one text.
pub fn describe(stuck: &[Stuck]) -> String {
    let lines = stuck.iter().map(|one| match one.to_string().as_str() {
        "" => one.object.to_string(),
        why => format!("{} ({why})", one.object),
    });
    lines.collect::<Vec<_>>().join("; ")
}

/// What holds an object; none when it is gone.
pub(super) async fn look(cluster: &Cluster, object: &ObjectRef) -> Result<Option<Stuck>, Error> {
    let found = match cluster.get(object).await {
        Err(Error::NoSuchKind { .. }) => None,
        found => found?,
    };
    let Some(found) = found else { return Ok(None) };
    let mut stuck = of(&found);
    if object.kind == "Namespace"
        && let NamespaceState::Terminating { held_by } =
            cluster.namespace_state(&object.name).await?
    {
        stuck.messages = held_by;
    }
    Ok(Some(stuck))
}

fn of(object: &Object) -> Stuck {
    let finalizers = object.list("/metadata/finalizers").iter();
    let finalizers = finalizers.filter_map(Value::as_str).map(str::to_owned);
    let fields = object.list("/metadata/managedFields").iter();
    let set_by: BTreeSet<&str> = fields
        .filter(|entry| entry.pointer("/fieldsV1/f:metadata/f:finalizers").is_some())
        .filter_map(|entry| entry.get("manager")?.as_str())
        .collect();
    Stuck {
        object: object.reference(),
        finalizers: finalizers.collect(),
        set_by: set_by.into_iter().map(str::to_owned).collect(),
        messages: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_set_a_finalizer_is_named_and_who_wrote_the_rest_is_not() {
        let object = Object::new(json!({
            "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
            "metadata": {"name": "web", "namespace": "shop", "finalizers": ["example.org/lock"],
                "managedFields": [
                    {"manager": "helm", "fieldsV1": {"f:spec": {}}},
                    {"manager": "locker", "fieldsV1": {"f:metadata": {"f:finalizers": {}}}}]}}));
        let stuck = of(&object.expect("an object"));
        assert_eq!(
            describe(&[stuck]),
            "Gateway shop/web (finalizers example.org/lock, set by locker)"
        );
    }
}
