//! Events about pods, as scheduler and kubelet write them.
//!
//! The same event again is counted, not repeated. Start at [`tell`].

use serde_json::{Value, json};

use crate::object;
use crate::world::{State, World, now};

/// What an event says.
pub(super) struct Said<'a> {
    pub(super) sort: &'a str,
    pub(super) reason: &'a str,
    pub(super) message: String,
    pub(super) by: &'a str,
}

/// Writes an event about an object.
pub(super) fn tell(world: &World, state: &mut State, about: &Value, said: &Said<'_>) {
    let namespace = object::namespace(about);
    let name = format!("{}.{}", object::name(about), said.reason.to_lowercase());
    let known = state
        .store
        .list("events", Some(namespace))
        .into_iter()
        .find(|event| {
            event["involvedObject"]["uid"] == object::uid(about)
                && event["reason"] == said.reason
                && event["message"] == said.message.as_str()
        });
    if let Some(known) = known {
        let mut again = known.as_ref().clone();
        again["count"] = json!(object::number(&known, "/count").unwrap_or(1) + 1);
        again["lastTimestamp"] = json!(now());
        state.change(world, "events", again, "");
        return;
    }
    let host = object::text(about, "/spec/nodeName");
    // Refused only where the namespace is going.
    let _ = state.make(
        world,
        "events",
        json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": {"namespace": namespace, "generateName": format!("{name}.")},
            "involvedObject": {
                "apiVersion": about["apiVersion"], "kind": about["kind"], "namespace": namespace,
                "name": object::name(about), "uid": object::uid(about),
                "resourceVersion": about["metadata"]["resourceVersion"],
            },
            "type": said.sort, "reason": said.reason, "message": said.message, "count": 1,
            "firstTimestamp": now(), "lastTimestamp": now(), "eventTime": null,
            "source": {"component": said.by, "host": host},
            "reportingComponent": said.by, "reportingInstance": host,
        }),
    );
}
