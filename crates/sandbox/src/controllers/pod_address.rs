//! Allocation of pod addresses from the range of their node.
//!
//! The next address after the last allocated one is used, as by the host-local plugin of CNI: a pod
//! that replaces another one gets a different address. Start at [`allocate`].

use crate::{cluster::State, object};
use serde_json::Value;
use std::{collections::BTreeSet, net::Ipv4Addr};

/// The next free address of a node; `None` when the range is exhausted or missing.
pub(super) fn allocate(state: &mut State, node: &Value) -> Option<String> {
    let range: ipnet::Ipv4Net = object::text(node, "/spec/podCIDR").parse().ok()?;
    let name = object::name(node);
    let pods = state.objects.list("pods", None);
    let allocated = pods.iter().map(|pod| object::text(pod, "/status/podIP"));
    let allocated: BTreeSet<Ipv4Addr> = allocated.filter_map(|ip| ip.parse().ok()).collect();
    let last = state.last_addresses.get(name).copied();
    // The first host of a range is its gateway.
    let hosts = || range.hosts().skip(1);
    let after = hosts().filter(|host| last.is_some_and(|last| *host > last));
    let address = after
        .chain(hosts())
        .find(|host| !allocated.contains(host))?;
    state.last_addresses.insert(name.to_owned(), address);
    Some(address.to_string())
}
