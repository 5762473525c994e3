//! The addresses of pods: out of their node's range, the next free one after the last that was given.
//!
//! As with the host-local plugin of the CNI project an address that has just become free is not given
//! again at once: a pod that takes another's place has another address.

use crate::{object, world::State};
use serde_json::Value;
use std::{collections::BTreeSet, net::Ipv4Addr};

/// The next free address of a node; none when all are taken or the node has no range.
pub(super) fn free(state: &mut State, node: &Value) -> Option<String> {
    let range: ipnet::Ipv4Net = object::text(node, "/spec/podCIDR").parse().ok()?;
    let name = object::name(node);
    let pods = state.store.list("pods", None);
    let taken = pods.iter().map(|pod| object::text(pod, "/status/podIP"));
    let taken: BTreeSet<Ipv4Addr> = taken.filter_map(|ip| ip.parse().ok()).collect();
    let given = state.given.get(name).copied();
    // The first host of a range is its gateway.
    let hosts = || range.hosts().skip(1);
    let after = hosts().filter(|host| given.is_some_and(|given| *host > given));
    let found = after.chain(hosts()).find(|host| !taken.contains(host))?;
    state.given.insert(name.to_owned(), found);
    Some(found.to_string())
}
