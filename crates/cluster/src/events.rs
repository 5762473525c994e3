//! Kubernetes events of a namespace.

use crate::{Cluster, Error, Kind, Object};

/// One Kubernetes event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubernetesEvent {
    /// Whether it is a warning.
    pub warning: bool,
    /// Its reason, such as `Failed`.
    pub reason: String,
    /// The kind of the object.
    pub kind: String,
    /// The name of the object.
    pub name: String,
    /// The message.
    pub message: String,
    /// How many times it occurred.
    pub count: u32,
    /// The time of the last occurrence, in seconds since 1970.
    pub at: i64,
}

impl KubernetesEvent {
    /// Parses a `v1` Event.
    pub fn from_object(event: &Object) -> Self {
        let timestamp = [
            "/lastTimestamp",
            "/eventTime",
            "/firstTimestamp",
            "/metadata/creationTimestamp",
        ]
        .iter()
        .find_map(|pointer| event.text(pointer).parse::<jiff::Timestamp>().ok());
        let count = event
            .number("/series/count")
            .or_else(|| event.number("/count"));
        Self {
            warning: event.text("/type") == "Warning",
            reason: event.text("/reason").to_owned(),
            kind: event.text("/involvedObject/kind").to_owned(),
            name: event.text("/involvedObject/name").to_owned(),
            message: event.text("/message").to_owned(),
            count: count
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(1),
            at: timestamp.map_or(0, jiff::Timestamp::as_second),
        }
    }
}

impl Cluster {
    /// The events of a namespace, newest first.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn events(&self, namespace: &str) -> Result<Vec<KubernetesEvent>, Error> {
        let objects = self.list_objects(Kind::EVENT, Some(namespace), "").await?;
        let mut events: Vec<KubernetesEvent> =
            objects.iter().map(KubernetesEvent::from_object).collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        Ok(events)
    }
}
