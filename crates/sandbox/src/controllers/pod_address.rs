//! Allocation of pod addresses from the range of their node.
//!
//! The next address after the last allocated one is used, as by the host-local plugin of CNI: a pod
//! that replaces another one gets a different address. Start at [`allocate`].

use crate::{cluster::State, object, object_map::Index};
use serde_json::Value;
use std::net::Ipv4Addr;

/// The next free address of a node; `None` when the range is exhausted or missing.
pub(super) fn allocate(state: &mut State, node: &Value) -> Option<String> {
    let range: ipnet::Ipv4Net = object::text(node, "/spec/podCIDR").parse().ok()?;
    let name = object::name(node);
    let is_free = |host: &Ipv4Addr| {
        let address = host.to_string();
        let is_taken = state
            .objects
            .indexed(Index::Address, &address)
            .next()
            .is_some();
        !is_taken
    };
    let last = state.last_addresses.get(name).copied();
    // The first host of a range is its gateway.
    let hosts = || range.hosts().skip(1);
    let after = hosts().filter(|host| last.is_some_and(|last| *host > last));
    let address = after.chain(hosts()).find(is_free)?;
    state.last_addresses.insert(name.to_owned(), address);
    Some(address.to_string())
}
