//! Addresses out of a range: each holder keeps one until it gives it back.

use ipnet::Ipv4Net;
use std::{collections::HashMap, net::Ipv4Addr};

/// The addresses of one range, by the uid of who holds each.
#[derive(Debug)]
pub(super) struct Addresses {
    range: Ipv4Net,
    held: HashMap<String, Ipv4Addr>,
    last: u32,
}

impl Addresses {
    pub(super) fn of(range: Ipv4Net) -> Self {
        Self {
            range,
            held: HashMap::new(),
            last: 1,
        }
    }

    /// The holder's address; a new holder gets the next free one, so that none is used again at once.
    pub(super) fn get(&mut self, uid: &str) -> Option<Ipv4Addr> {
        if let Some(address) = self.held.get(uid) {
            return Some(*address);
        }
        let first = u32::from(self.range.network());
        // Neither the network, nor the gateway, nor the broadcast address.
        let usable = u32::from(self.range.broadcast()).checked_sub(first + 2)?;
        let taken = |address: &Ipv4Addr| self.held.values().any(|held| held == address);
        let found = (0..usable)
            .map(|step| (self.last - 1 + step) % usable + 2)
            .map(|place| (place, Ipv4Addr::from(first + place)))
            .find(|(_, address)| !taken(address));
        let (place, address) = found?;
        self.last = place;
        self.held.insert(uid.to_owned(), address);
        Some(address)
    }

    pub(super) fn give_back(&mut self, uid: &str) {
        self.held.remove(uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_was_given_back_is_not_the_next() {
        let mut addresses = Addresses::of("10.0.0.0/29".parse().expect("a range"));
        let texts =
            |addresses: &mut Addresses, uid: &str| addresses.get(uid).map(|a| a.to_string());
        assert_eq!(texts(&mut addresses, "a").as_deref(), Some("10.0.0.2"));
        assert_eq!(texts(&mut addresses, "a").as_deref(), Some("10.0.0.2"));
        addresses.give_back("a");
        assert_eq!(texts(&mut addresses, "b").as_deref(), Some("10.0.0.3"));
        for uid in ["c", "d", "e", "f"] {
            assert!(addresses.get(uid).is_some(), "{uid}");
        }
        assert_eq!(addresses.get("g"), None);
    }
}
