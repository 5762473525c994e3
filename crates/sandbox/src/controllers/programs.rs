//! The simulated programs: started with their pods, and the addresses that accept connections.
//!
//! Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use super::keys::{self, BuiltInController};
use crate::cluster::{Cluster, State};
use crate::object_map::{Change, ObjectKey};
use crate::programs::{reconcile_pod, reconcile_service};

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "programs",
    kinds: &["pods", "services"],
    keys: concerned,
    reconcile,
};

fn concerned(_: &State, change: &Change) -> Vec<ObjectKey> {
    match &*change.kind {
        "pods" => keys::own("pods", change),
        // Endpoints have the name of their Service.
        "services" | "endpoints" => vec![ObjectKey::of("services", &change.object)],
        _ => Vec::new(),
    }
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    if &*key.kind == "pods" {
        reconcile_pod(cluster, state, key);
    } else {
        reconcile_service(cluster, state, key);
    }
    None
}
