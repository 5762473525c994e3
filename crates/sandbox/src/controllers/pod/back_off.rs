//! The delay before a crashed container starts again.
//!
//! Start at [`back_off`].

use std::time::Duration;

use serde_json::Value;

use crate::cluster::Cluster;
use crate::object;

/// The longest delay before a container starts again.
const LONGEST: Duration = Duration::from_secs(10);

/// The delay before a container starts again: it doubles with each restart.
pub(super) fn back_off(cluster: &Cluster, pod: &Value, container: &str) -> Duration {
    let mut statuses = object::items(pod, "/status/containerStatuses");
    let status = statuses.find(|status| status["name"] == container);
    let restarts = status.and_then(|status| object::number(status, "/restartCount"));
    let restarts = u32::try_from(restarts.unwrap_or(0)).unwrap_or(u32::MAX);
    let first = cluster.config.timing.container_start.saturating_mul(2);
    let factor = 2_u32.saturating_pow(restarts.min(16));
    first.saturating_mul(factor).min(LONGEST)
}

/// The message of the kubelet about a container that waits for its next start.
pub(super) fn message(cluster: &Cluster, pod: &Value, container: &str) -> String {
    format!(
        "back-off {:?} restarting failed container={container} pod={}_{}({})",
        back_off(cluster, pod, container),
        object::name(pod),
        object::namespace(pod),
        object::uid(pod)
    )
}
