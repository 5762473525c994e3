//! Events of a namespace: what happened to which object, how often, when last.

use crate::{Cluster, Error, Object};

/// One event of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Whether it is a warning.
    pub warning: bool,
    /// Its reason, such as `Failed`.
    pub reason: String,
    /// Kind of the object.
    pub kind: String,
    /// Name of the object.
    pub name: String,
    /// What was said.
    pub message: String,
    /// How often.
    pub count: u32,
    /// When it was last seen, in seconds since 1970.
    pub at: i64,
}

impl Occurrence {
    /// Reads a `v1` Event.
    pub fn of(event: &Object) -> Self {
        let stamp = [
            "/lastTimestamp",
            "/eventTime",
            "/firstTimestamp",
            "/metadata/creationTimestamp",
        ]
        .iter()
        .find_map(|pointer| event.text(pointer).parse::<jiff::Timestamp>().ok());
        let series = event
            .number("/series/count")
            .or_else(|| event.number("/count"));
        Self {
            warning: event.text("/type") == "Warning",
            reason: event.text("/reason").to_owned(),
            kind: event.text("/involvedObject/kind").to_owned(),
            name: event.text("/involvedObject/name").to_owned(),
            message: event.text("/message").to_owned(),
            count: series
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(1),
            at: stamp.map_or(0, jiff::Timestamp::as_second),
        }
    }
}

impl Cluster {
    /// The events of a namespace, newest first.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn events(&self, namespace: &str) -> Result<Vec<Occurrence>, Error> {
        let found = self.list("v1", "Event", Some(namespace), "").await?;
        let mut events: Vec<Occurrence> = found.iter().map(Occurrence::of).collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        Ok(events)
    }
}
