//! Namespaces.

use super::labels;
use crate::facts::NamespaceFacts;
use cluster::{Error, Object};
use k8s_openapi::api::core::v1::Namespace;

/// A namespace.
///
/// # Errors
/// [`Error::Malformed`].
pub fn namespace(object: &Object) -> Result<NamespaceFacts, Error> {
    let namespace: Namespace = object.typed()?;
    let status = namespace.status.unwrap_or_default();
    let is_terminating = status.phase.as_deref() == Some("Terminating")
        || namespace.metadata.deletion_timestamp.is_some();
    let conditions = status.conditions.unwrap_or_default().into_iter();
    let messages = conditions.filter(|condition| condition.status == "True");
    let messages = messages.filter_map(|condition| condition.message);
    Ok(NamespaceFacts {
        name: object.name().to_owned(),
        labels: labels(namespace.metadata.labels),
        annotations: labels(namespace.metadata.annotations),
        terminating: is_terminating
            .then(|| messages.filter(|message| !message.is_empty()).collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_terminating_namespace_has_its_conditions() {
        let read = namespace(&Object::new(json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"},
            "status": {"phase": "Terminating", "conditions": [
                {"type": "NamespaceContentRemaining", "status": "True", "message": "pods remain"},
                {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "none"}]},
        })).expect("an object")).expect("well-formed");
        assert_eq!(read.terminating, Some(vec!["pods remain".to_owned()]));
    }
}
