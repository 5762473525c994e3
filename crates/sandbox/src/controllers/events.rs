//! Events, as the scheduler, the kubelet and the controllers record them.
//!
//! A repeated event increases the count of the existing one; of many events, the newest are kept. Start at [`record_event`].

use serde_json::{Value, json};

use crate::apply::managers::Managers;
use crate::cluster::{Cluster, State, random_suffix};
use crate::object;
use crate::object_map::Index;
use crate::write::{self, Writer};

/// The number of events that are kept. An API server deletes events after an hour.
const MAX_EVENTS: usize = 10_000;

/// The content of an event.
pub(super) struct EventRecord<'a> {
    event_type: &'a str,
    reason: &'a str,
    message: String,
    component: &'a str,
}

impl<'a> EventRecord<'a> {
    /// An event of type `Normal`.
    pub(super) fn normal(component: &'a str, reason: &'a str, message: String) -> Self {
        Self {
            event_type: "Normal",
            reason,
            message,
            component,
        }
    }

    /// An event of type `Warning`.
    pub(super) fn warning(component: &'a str, reason: &'a str, message: String) -> Self {
        Self {
            event_type: "Warning",
            ..Self::normal(component, reason, message)
        }
    }
}

impl EventRecord<'_> {
    /// Reason and message.
    pub(super) fn summary(&self) -> String {
        format!("{}: {}", self.reason, self.message)
    }
}

/// Records an event about an object.
pub(super) fn record_event(
    cluster: &Cluster,
    state: &mut State,
    involved_object: &Value,
    event: &EventRecord<'_>,
) {
    let namespace = object::namespace(involved_object);
    let name = format!(
        "{}.{}",
        object::name(involved_object),
        event.reason.to_lowercase()
    );
    let existing = state
        .objects
        .indexed(Index::InvolvedObject, object::uid(involved_object))
        .map(|(_, existing)| existing)
        .find(|existing| {
            existing["reason"] == event.reason && existing["message"] == event.message.as_str()
        })
        .cloned();
    if let Some(existing) = existing {
        let mut updated = existing.as_ref().clone();
        updated["count"] = json!(object::number(&existing, "/count").unwrap_or(1) + 1);
        updated["lastTimestamp"] = json!(state.now());
        state.update(cluster, "events", updated, "");
        return;
    }
    let host = object::text(involved_object, "/spec/nodeName");
    let now = state.now();
    let new = json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": {"namespace": namespace, "name": format!("{name}.{}", random_suffix())},
            "involvedObject": {
                "apiVersion": involved_object["apiVersion"], "kind": involved_object["kind"], "namespace": namespace,
                "name": object::name(involved_object), "uid": object::uid(involved_object),
                "resourceVersion": involved_object["metadata"]["resourceVersion"],
            },
            "type": event.event_type, "reason": event.reason, "message": event.message, "count": 1,
            "firstTimestamp": now, "lastTimestamp": now, "eventTime": null,
            "source": {"component": event.component, "host": host},
            "reportingComponent": event.component, "reportingInstance": host,
    });
    create(cluster, state, new);
}

/// Creates an event, and removes the oldest one if there are too many.
fn create(cluster: &Cluster, state: &mut State, event: Value) {
    let Some(kind) = state.kinds.by_id("events").cloned() else {
        return;
    };
    // The fields of an event have no managers: events outnumber all other objects.
    let writer = Writer {
        applied: Some(Managers::default()),
        ..Writer::controller("")
    };
    // This fails only while the namespace terminates.
    let Ok(created) = write::create(cluster, state, &kind, event, writer) else {
        return;
    };
    let namespace = object::namespace(&created).to_owned();
    let name = object::name(&created).to_owned();
    state.recorded_events.push_back((namespace, name));
    if state.recorded_events.len() > MAX_EVENTS
        && let Some((namespace, name)) = state.recorded_events.pop_front()
    {
        state.objects.remove("events", &namespace, &name);
    }
}
