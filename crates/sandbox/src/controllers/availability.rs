//! The availability of pods: ready for as long as their workload demands.
//!
//! Start at [`Availability`].

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::is_ready;
use crate::object;

/// The demand of a workload on its pods at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Availability {
    min_ready_seconds: i64,
    now: Timestamp,
}

impl Availability {
    /// The demand of a workload, from its `minReadySeconds`.
    pub(super) fn new(workload: &Value, now: Timestamp) -> Self {
        let min_ready_seconds = object::number(workload, "/spec/minReadySeconds").unwrap_or(0);
        Self {
            min_ready_seconds,
            now,
        }
    }

    /// Whether a pod has been ready for long enough.
    pub(super) fn is_available(&self, pod: &Value) -> bool {
        is_ready(pod) && self.remaining(pod) <= 0
    }

    /// The time after which the first of these ready pods becomes available.
    pub(super) fn next<'a>(&self, pods: impl Iterator<Item = &'a Value>) -> Option<Duration> {
        let remaining = pods
            .filter(|pod| is_ready(pod))
            .map(|pod| self.remaining(pod))
            .filter(|remaining| *remaining > 0);
        let seconds = remaining.min()?;
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(1)))
    }

    /// The seconds that a ready pod is not available yet.
    fn remaining(&self, pod: &Value) -> i64 {
        let since = object::items(pod, "/status/conditions")
            .find(|condition| condition["type"] == "Ready")
            .and_then(|condition| condition["lastTransitionTime"].as_str())
            .and_then(|time| time.parse::<Timestamp>().ok());
        let Some(since) = since.filter(|_| self.min_ready_seconds > 0) else {
            return 0;
        };
        self.min_ready_seconds - self.now.duration_since(since).as_secs()
    }
}

/// Whether a pod ended and is not restarted.
pub(super) fn is_finished(pod: &Value) -> bool {
    matches!(object::text(pod, "/status/phase"), "Succeeded" | "Failed")
}
