//! An allocator of addresses: each owner keeps its address until the address is released.

use ipnet::Ipv4Net;
use std::{collections::HashMap, net::Ipv4Addr};

/// The addresses of one range, by the UID of their owners.
#[derive(Debug)]
pub(super) struct Addresses {
    range: Ipv4Net,
    allocated: HashMap<String, Ipv4Addr>,
    last: u32,
}

impl Addresses {
    pub(super) fn new(range: Ipv4Net) -> Self {
        Self {
            range,
            allocated: HashMap::new(),
            last: 1,
        }
    }

    /// The address of an owner; a new owner gets the next free address, so that a released address is
    /// not reused immediately.
    pub(super) fn get(&mut self, uid: &str) -> Option<Ipv4Addr> {
        if let Some(address) = self.allocated.get(uid) {
            return Some(*address);
        }
        let first = u32::from(self.range.network());
        // The network, gateway and broadcast addresses are not allocated.
        let usable = u32::from(self.range.broadcast()).checked_sub(first + 2)?;
        let is_allocated = |address: &Ipv4Addr| self.allocated.values().any(|used| used == address);
        let (offset, address) = (0..usable)
            .map(|step| (self.last - 1 + step) % usable + 2)
            .map(|offset| (offset, Ipv4Addr::from(first + offset)))
            .find(|(_, address)| !is_allocated(address))?;
        self.last = offset;
        self.allocated.insert(uid.to_owned(), address);
        Some(address)
    }

    pub(super) fn release(&mut self, uid: &str) {
        self.allocated.remove(uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_address_is_not_allocated_next() {
        let mut addresses = Addresses::new("10.0.0.0/29".parse().expect("a range"));
        let texts =
            |addresses: &mut Addresses, uid: &str| addresses.get(uid).map(|a| a.to_string());
        assert_eq!(texts(&mut addresses, "a").as_deref(), Some("10.0.0.2"));
        assert_eq!(texts(&mut addresses, "a").as_deref(), Some("10.0.0.2"));
        addresses.release("a");
        assert_eq!(texts(&mut addresses, "b").as_deref(), Some("10.0.0.3"));
        for uid in ["c", "d", "e", "f"] {
            assert!(addresses.get(uid).is_some(), "{uid}");
        }
        assert_eq!(addresses.get("g"), None);
    }
}
