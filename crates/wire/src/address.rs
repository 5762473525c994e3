//! Which addresses may be dialled, decided without dialling: clusters and repositories share it.
//!
//! Link-local and metadata addresses never, loopback only where it is allowed; private ranges are where
//! clusters and their repositories live. Whoever dials resolves a name, asks [`AddressPolicy::check`] for
//! each address and dials the one that was checked, so a name that changes its answer gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether loopback addresses may be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AddressPolicy {
    /// Not loopback: the console must not be led to its own machine.
    #[default]
    Remote,
    /// Loopback too: for sandboxes and tests.
    WithLoopback,
}

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This machine.
    Loopback,
    /// The same link; metadata services of clouds live there.
    LinkLocal,
    /// No machine: unspecified, multicast, broadcast.
    Nowhere,
    /// A network of somebody's own, where the one who named it was not the operator.
    Private,
    /// Anything else.
    Usual,
}

/// An address that may not be dialled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {}", match .reach {
    Reach::Loopback => "a loopback address",
    Reach::LinkLocal => "a link-local or metadata address",
    Reach::Nowhere => "not the address of a machine",
    Reach::Private => "a private address",
    Reach::Usual => "refused",
})]
pub struct Refused {
    /// The address, or the name that led to it.
    pub address: String,
    /// Where it leads.
    pub reach: Reach,
}

impl Reach {
    /// Where `address` leads.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => match embedded_v4(v6) {
                Some(v4) => Self::of_v4(v4),
                None => Self::of_v6(v6),
            },
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        // 100.100.100.200 is Alibaba Cloud's metadata service; the others' lie in 169.254/16.
        if address.is_loopback() {
            Self::Loopback
        } else if address.is_link_local() || address == Ipv4Addr::new(100, 100, 100, 200) {
            Self::LinkLocal
        } else if address.octets()[0] == 0 || address.is_multicast() || address.is_broadcast() {
            Self::Nowhere
        } else {
            Self::Usual
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        // fd00:ec2::254 is the metadata service of AWS over IPv6.
        let aws = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
        if address.is_loopback() {
            Self::Loopback
        } else if (address.segments()[0] & 0xffc0) == 0xfe80 || address == aws {
            Self::LinkLocal
        } else if address.is_unspecified() || address.is_multicast() {
            Self::Nowhere
        } else {
            Self::Usual
        }
    }
}

/// The IPv4 address inside a mapped, compatible or NAT64 address.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let nat64 = segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    if nat64 {
        let [.., a, b, c, d] = address.octets();
        return Some(Ipv4Addr::new(a, b, c, d));
    }
    address.to_ipv4_mapped()
}

impl AddressPolicy {
    /// Whether `address` may be dialled.
    ///
    /// # Errors
    /// [`Refused`] with where it leads.
    pub fn check(self, address: IpAddr) -> Result<(), Refused> {
        let reach = Reach::of(address);
        match reach {
            Reach::Usual => Ok(()),
            Reach::Loopback if self == Self::WithLoopback => Ok(()),
            _ => Err(Refused {
                address: address.to_string(),
                reach,
            }),
        }
    }

    /// Whether a host as written may be dialled; a name is checked again when it is resolved.
    ///
    /// # Errors
    /// [`Refused`] when it is an address, or a name that always means one, that may not be dialled.
    pub fn check_host(self, host: &str) -> Result<(), Refused> {
        let bare = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .trim_end_matches('.');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return self.check(address);
        }
        let lower = bare.to_ascii_lowercase();
        let refused = |reach| {
            Err(Refused {
                address: host.to_owned(),
                reach,
            })
        };
        if matches!(
            lower.as_str(),
            "metadata" | "metadata.google.internal" | "instance-data"
        ) {
            return refused(Reach::LinkLocal);
        }
        let loopback = lower == "localhost" || lower.ends_with(".localhost");
        if loopback && self == Self::Remote {
            return refused(Reach::Loopback);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(policy: AddressPolicy, host: &str) -> bool {
        policy.check_host(host).is_err()
    }

    #[test]
    fn link_local_and_metadata_addresses_are_refused_always() {
        for host in [
            "169.254.169.254",
            "100.100.100.200",
            "[fe80::1]",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "fd00:ec2::254",
            "metadata.google.internal",
            "0.0.0.0",
            "224.0.0.1",
        ] {
            assert!(refused(AddressPolicy::WithLoopback, host), "{host}");
        }
    }

    #[test]
    fn loopback_is_refused_unless_it_is_allowed() {
        for host in [
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
            "localhost",
            "a.localhost",
            "::ffff:127.0.0.1",
        ] {
            assert!(refused(AddressPolicy::Remote, host), "{host}");
            assert!(!refused(AddressPolicy::WithLoopback, host), "{host}");
        }
    }

    #[test]
    fn private_ranges_are_where_clusters_live() {
        for host in ["10.0.0.1", "172.16.3.4", "192.168.1.1", "api.east.example"] {
            assert!(!refused(AddressPolicy::Remote, host), "{host}");
        }
    }
}
