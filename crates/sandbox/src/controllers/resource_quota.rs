//! ResourceQuotas: the status with the resources that their namespaces use.
//!
//! New objects beyond a quota are refused by admission. Start at [`CONTROLLER`].

use std::sync::Arc;
use std::time::Duration;

use super::keys::{self, BuiltInController};
use crate::admission;
use crate::cluster::{Cluster, State};
use crate::object;
use crate::object_map::{Change, ObjectKey};

const ID: &str = "resourcequotas";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "resourcequota",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(state: &State, change: &Change) -> Vec<ObjectKey> {
    let namespace = object::namespace(&change.object);
    if namespace.is_empty() || &*change.kind == "events" {
        return Vec::new();
    }
    let mut quotas = keys::all(state, ID);
    quotas.retain(|key| key.namespace == namespace);
    quotas
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let quota = state.objects.get_key(key)?;
    if !object::is_terminating(&quota) {
        let status = admission::quota_status(state, &quota);
        state.set_status(cluster, ID, &quota, status);
    }
    None
}
