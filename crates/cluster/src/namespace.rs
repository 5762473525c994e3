//! A namespace: absent, there, or on its way out and held by something.

use crate::{Cluster, Error, ObjectRef};
use serde_json::Value;

/// How a namespace stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamespaceState {
    /// Not there.
    Absent,
    /// There.
    Active,
    /// Being deleted; what still holds it, in the cluster's words.
    Terminating {
        /// A sentence for each condition that says something remains.
        held_by: Vec<String>,
    },
}

impl Cluster {
    /// How a namespace stands.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn namespace_state(&self, name: &str) -> Result<NamespaceState, Error> {
        let reference = ObjectRef {
            kind: "Namespace".into(),
            api_version: "v1".into(),
            namespace: None,
            name: name.to_owned(),
        };
        let Some(namespace) = self.get(&reference).await? else {
            return Ok(NamespaceState::Absent);
        };
        let going = namespace.text("/status/phase") == "Terminating"
            || !namespace.text("/metadata/deletionTimestamp").is_empty();
        if !going {
            return Ok(NamespaceState::Active);
        }
        let said = |condition: &Value| {
            let on = condition.get("status").and_then(Value::as_str) == Some("True");
            let message = condition.get("message").and_then(Value::as_str)?;
            on.then(|| message.to_owned())
        };
        let held_by = namespace
            .list("/status/conditions")
            .iter()
            .filter_map(said)
            .collect();
        Ok(NamespaceState::Terminating { held_by })
    }
}
