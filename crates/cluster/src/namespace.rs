//! The state of a namespace: absent, active, or terminating and blocked.

use crate::{Cluster, Error, Kind};
use serde_json::Value;

/// The state of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamespaceState {
    /// It does not exist.
    Absent,
    /// It exists.
    Active,
    /// It is being deleted.
    Terminating {
        /// The message of each condition that blocks the deletion.
        held_by: Vec<String>,
    },
}

impl Cluster {
    /// The state of a namespace.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn namespace_state(&self, name: &str) -> Result<NamespaceState, Error> {
        let reference = Kind::NAMESPACE.object(None, name);
        let Some(namespace) = self.get(&reference).await? else {
            return Ok(NamespaceState::Absent);
        };
        let terminating = namespace.text("/status/phase") == "Terminating"
            || !namespace.text("/metadata/deletionTimestamp").is_empty();
        if !terminating {
            return Ok(NamespaceState::Active);
        }
        let blocking_message = |condition: &Value| {
            let active = condition.get("status").and_then(Value::as_str) == Some("True");
            let message = condition.get("message").and_then(Value::as_str)?;
            active.then(|| message.to_owned())
        };
        let held_by = namespace
            .list("/status/conditions")
            .iter()
            .filter_map(blocking_message)
            .collect();
        Ok(NamespaceState::Terminating { held_by })
    }
}
