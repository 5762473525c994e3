//! The delay before a workload creates a dependent again after a failure.
//!
//! Start at [`is_delayed`].

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cluster::State;
use crate::object;

/// The delay before a failed creation is retried.
pub(super) const DELAY: Duration = Duration::from_millis(500);

fn timer(owner: &Value) -> String {
    format!("{}/create-failed", object::uid(owner))
}

/// Whether the last creation of a dependent failed and is not to be retried yet.
pub(super) fn is_delayed(state: &State, owner: &Value) -> bool {
    let failed = state.timers.get(&timer(owner)).map(Instant::elapsed);
    failed.is_some_and(|elapsed| elapsed < DELAY)
}

/// Records whether a creation succeeded.
pub(super) fn record(state: &mut State, owner: &Value, is_success: bool) {
    if is_success {
        state.timers.remove(&timer(owner));
    } else {
        state.timers.insert(timer(owner), Instant::now());
    }
}
