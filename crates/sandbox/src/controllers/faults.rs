//! The faults that a client requests, as far as they are objects or end by themselves.
//!
//! Other controllers read the requested faults where they act. Start at [`CONTROLLER`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::keys::BuiltInController;
use crate::cluster::{Cluster, State};
use crate::fault::{self, Outage, Requested};
use crate::object;
use crate::object_map::{Change, ObjectKey};

const QUOTAS: &str = "resourcequotas";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "faults",
    kinds: &["configmaps"],
    keys: concerned,
    reconcile,
};

fn concerned(_: &State, change: &Change) -> Vec<ObjectKey> {
    let is_relevant = fault::concerns_faults(change) || is_own_quota(change);
    let key = ObjectKey::new("configmaps", fault::NAMESPACE, fault::NAME);
    is_relevant.then_some(key).into_iter().collect()
}

fn is_own_quota(change: &Change) -> bool {
    &*change.kind == QUOTAS && object::name(&change.object) == fault::NAME
}

fn reconcile(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    // At a resync each ConfigMap comes here.
    if key.namespace != fault::NAMESPACE || key.name != fault::NAME {
        return None;
    }
    let requested = Requested::read(&state.objects);
    write_quotas(cluster, state, &requested);
    let mut next = None;
    for outage in Outage::ALL {
        let remaining = remaining(state, key, &requested, outage);
        match outage {
            Outage::Tokens => state.faults.tokens_expired = remaining.is_some(),
            Outage::Gone => {
                cluster.gone.send_replace(remaining.is_some());
            }
        }
        next = next.into_iter().chain(remaining).min();
    }
    next
}

/// The time that an outage still lasts; its key is removed when it is over.
fn remaining(
    state: &mut State,
    key: &ObjectKey,
    requested: &Requested,
    outage: Outage,
) -> Option<Duration> {
    let config_map = state.objects.get_key(key)?;
    let Some(duration) = requested.outage(outage) else {
        state.reset_timer(&config_map, outage.key());
        return None;
    };
    let elapsed = state.elapsed_since(&config_map, outage.key());
    if let Some(remaining) = duration.checked_sub(elapsed).filter(|left| !left.is_zero()) {
        return Some(remaining);
    }
    state.reset_timer(&config_map, outage.key());
    let mut changed = config_map.as_ref().clone();
    if let Some(data) = changed["data"].as_object_mut() {
        data.remove(outage.key());
    }
    state.objects.put(&key.kind, changed);
    None
}

/// Creates, changes and deletes the quotas of pods.
fn write_quotas(cluster: &Cluster, state: &mut State, requested: &Requested) {
    let mut wanted: BTreeMap<&str, u32> = requested.pod_quotas().collect();
    let existing = state.objects.list(QUOTAS, None);
    for quota in existing
        .iter()
        .filter(|quota| object::name(quota) == fault::NAME)
    {
        match wanted.remove(object::namespace(quota)) {
            None => state.delete(QUOTAS, quota),
            Some(pods) => {
                let mut changed = quota.as_ref().clone();
                changed["spec"] = quota_spec(pods);
                state.update(cluster, QUOTAS, changed, "");
            }
        }
    }
    for (namespace, pods) in wanted {
        let quota = json!({
            "apiVersion": "v1", "kind": "ResourceQuota",
            "metadata": {"name": fault::NAME, "namespace": namespace}, "spec": quota_spec(pods),
        });
        // A namespace that does not exist has no pods to limit.
        let _ = state.create(cluster, QUOTAS, quota);
    }
}

fn quota_spec(pods: u32) -> Value {
    json!({"hard": {"pods": pods.to_string()}})
}
