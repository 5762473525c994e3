//! Failed pulls of images: `ErrImagePull` first, then `ImagePullBackOff`.
//!
//! Start at [`fail`].

use serde_json::Value;

use super::super::container_status::{Stage, pull_error};
use super::super::events::{EventRecord, record_event};
use crate::cluster::{Cluster, State};
use crate::object;

fn timer(container: &Value) -> String {
    format!("pull-failed {}", object::text(container, "/name"))
}

/// Forgets a failed pull.
pub(super) fn reset(state: &mut State, pod: &Value, container: &Value) {
    state.reset_timer(pod, &timer(container));
}

/// The stage of a container whose image cannot be pulled; a new stage is reported by events.
pub(super) fn fail(
    cluster: &Cluster,
    state: &mut State,
    pod: &Value,
    container: &Value,
    before: Stage,
) -> Stage {
    let image = object::text(container, "/image");
    let elapsed = state.elapsed_since(pod, &timer(container));
    if elapsed < cluster.config.timing.container_start {
        if before != Stage::PullFailed {
            for message in [
                format!("Failed to pull image \"{image}\": {}", pull_error(image)),
                "Error: ErrImagePull".to_owned(),
            ] {
                let event = EventRecord::warning("kubelet", "Failed", message);
                record_event(cluster, state, pod, &event);
            }
        }
        return Stage::PullFailed;
    }
    if before != Stage::BackOff {
        let message = format!("Back-off pulling image \"{image}\"");
        let event = EventRecord::normal("kubelet", "BackOff", message);
        record_event(cluster, state, pod, &event);
        let message = "Error: ImagePullBackOff".to_owned();
        let event = EventRecord::warning("kubelet", "Failed", message);
        record_event(cluster, state, pod, &event);
    }
    Stage::BackOff
}
