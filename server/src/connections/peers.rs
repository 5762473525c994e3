//! The number of connections of each peer.

use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

/// The connections by peer. Peers on this machine are not counted.
pub(super) struct Peers {
    max: usize,
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A connection of a peer; it is counted until this is dropped.
pub(super) struct PeerSlot {
    /// The counted peer; none for this machine.
    peer: Option<IpAddr>,
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Peers {
    /// No connections, and at most `max` of each peer.
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            counts: Arc::default(),
        }
    }

    /// Counts a connection; none when the peer has too many.
    pub(super) fn enter(&self, address: IpAddr) -> Option<PeerSlot> {
        let peer = counted(address);
        if let Some(peer) = peer {
            let mut counts = self.counts.lock();
            let count = counts.get(&peer).copied().unwrap_or(0);
            if count >= self.max {
                return None;
            }
            counts.insert(peer, count + 1);
        }
        Some(PeerSlot {
            peer,
            counts: self.counts.clone(),
        })
    }
}

impl Drop for PeerSlot {
    fn drop(&mut self) {
        let Some(peer) = self.peer else { return };
        let mut counts = self.counts.lock();
        match counts.get_mut(&peer) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                counts.remove(&peer);
            }
        }
    }
}

/// The address by which a peer is counted: one customer has a whole IPv6 network of 64 bits.
fn counted(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V4(address) => Some(address.into()),
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            Some(Ipv6Addr::from(network).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_peer_has_at_most_its_number_of_connections() {
        let peers = Peers::new(2);
        let first = peers.enter(ip("192.0.2.1"));
        let _mapped = peers.enter(ip("::ffff:192.0.2.1")).expect("a slot");
        assert!(peers.enter(ip("192.0.2.1")).is_none());
        assert!(peers.enter(ip("192.0.2.2")).is_some());
        drop(first);
        assert!(peers.enter(ip("192.0.2.1")).is_some());
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one_peer() {
        let peers = Peers::new(1);
        let _place = peers.enter(ip("2001:db8::1")).expect("a slot");
        assert!(peers.enter(ip("2001:db8::2")).is_none());
        assert!(peers.enter(ip("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn this_machine_is_not_counted_and_nothing_is_left_of_closed_connections() {
        let peers = Peers::new(1);
        let slots: Vec<_> = ["127.0.0.1", "127.0.0.1", "::1", "::1", "192.0.2.1"]
            .map(|address| peers.enter(ip(address)))
            .into();
        assert!(slots.iter().all(Option::is_some));
        drop(slots);
        assert!(peers.counts.lock().is_empty());
    }
}
