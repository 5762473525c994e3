//! The simulated programs: started with their pods, and the addresses that accept connections.
//!
//! Start at [`PODS`] and [`SERVICES`].

use std::sync::Arc;
use std::time::Duration;

use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::object_map::{Change, ObjectKey};
use crate::programs::{reconcile_pod, reconcile_service};

/// Starts programs and publishes the addresses of their pods.
///
/// It runs between the controllers of pods and of endpoints, as a container listens before its pod
/// is an endpoint: whoever sees the endpoint reaches it.
pub(super) const PODS: BuiltInController = BuiltInController {
    name: "programs of pods",
    kinds: &["pods"],
    keys: concerned_pods,
    reconcile: pod,
};

/// Publishes the addresses of load balancers, which depend on endpoints.
pub(super) const SERVICES: BuiltInController = BuiltInController {
    name: "programs of services",
    kinds: &["services"],
    keys: concerned_services,
    reconcile: service,
};

fn concerned_pods(_: &State, change: &Change) -> Vec<ObjectKey> {
    keys::own("pods", change)
}

fn concerned_services(_: &State, change: &Change) -> Vec<ObjectKey> {
    match &*change.kind {
        // Endpoints have the name of their Service.
        "services" | "endpoints" => vec![ObjectKey::of("services", &change.object)],
        _ => Vec::new(),
    }
}

fn pod(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    reconcile_pod(cluster, state, key);
    None
}

fn service(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    reconcile_service(cluster, state, key);
    None
}
