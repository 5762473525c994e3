//! The address policy of clusters and repositories: which addresses may be dialled.
//!
//! Link-local and metadata addresses are never allowed, loopback only if the policy says so; private ranges
//! are allowed, since clusters and their repositories are there. A client resolves a name, calls
//! [`AddressPolicy::check`] for each address and dials the checked address, which prevents DNS rebinding.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The metadata services outside of 169.254/16: of Alibaba Cloud, Azure (its wire server) and Oracle.
const METADATA: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];

/// Whether loopback addresses may be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AddressPolicy {
    /// Loopback is refused: a request must not reach the console's own host.
    #[default]
    Remote,
    /// Loopback is allowed, for sandboxes and tests.
    WithLoopback,
}

/// A URL as it may be shown: without user and password, and without query and fragment. A text that is no
/// URL is cut by the same signs.
pub fn without_userinfo(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    // A password may contain each of the other signs, so everything up to the last @ is left out.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    format!("{scheme}{rest}")
}

/// The kind of network that an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The loopback interface.
    Loopback,
    /// The same link, or a cloud's metadata service.
    LinkLocal,
    /// Not a host: unspecified, multicast or broadcast.
    NotAHost,
    /// A private range, for hosts that were not configured by the operator.
    Private,
    /// Any other address.
    Unrestricted,
}

/// An address that the policy refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {}", match .reach {
    Reach::Loopback => "a loopback address",
    Reach::LinkLocal => "a link-local or metadata address",
    Reach::NotAHost => "not the address of a host",
    Reach::Private => "a private address",
    Reach::Unrestricted => "refused",
})]
pub struct Refused {
    /// The address, or the host name.
    pub address: String,
    /// The kind of network.
    pub reach: Reach,
}

impl Reach {
    /// The kind of network that `address` belongs to.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::of_ipv4(v4),
            IpAddr::V6(v6) => match embedded_ipv4(v6) {
                Some(v4) => Self::of_ipv4(v4),
                None => Self::of_ipv6(v6),
            },
        }
    }

    fn of_ipv4(address: Ipv4Addr) -> Self {
        if address.is_loopback() {
            Self::Loopback
        } else if address.is_link_local() || METADATA.contains(&address) {
            Self::LinkLocal
        } else if address.octets()[0] == 0 || address.is_multicast() || address.is_broadcast() {
            Self::NotAHost
        } else {
            Self::Unrestricted
        }
    }

    fn of_ipv6(address: Ipv6Addr) -> Self {
        // fd00:ec2::254 is the metadata service of AWS over IPv6.
        let aws = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
        if address.is_loopback() {
            Self::Loopback
        } else if (address.segments()[0] & 0xffc0) == 0xfe80 || address == aws {
            Self::LinkLocal
        } else if address.is_unspecified() || address.is_multicast() {
            Self::NotAHost
        } else {
            Self::Unrestricted
        }
    }
}

/// The IPv4 address that an IPv6 address leads to: mapped, IPv4-compatible, NAT64 or 6to4.
///
/// Such an address is judged by the IPv4 address in it.
pub fn embedded_ipv4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let [_, _, first, second, third, fourth, .., a, b, c, d] = address.octets();
    let own = address.is_loopback() || address.is_unspecified();
    match segments {
        [0x2002, ..] => Some(Ipv4Addr::new(first, second, third, fourth)),
        [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0, 0xffff, ..] => {
            Some(Ipv4Addr::new(a, b, c, d))
        }
        [0, 0, 0, 0, 0, 0, ..] if !own => Some(Ipv4Addr::new(a, b, c, d)),
        _ => None,
    }
}

impl AddressPolicy {
    /// Whether `address` may be dialled.
    ///
    /// # Errors
    /// [`Refused`] with the kind of network.
    pub fn check(self, address: IpAddr) -> Result<(), Refused> {
        let reach = Reach::of(address);
        match reach {
            Reach::Unrestricted => Ok(()),
            Reach::Loopback if self == Self::WithLoopback => Ok(()),
            _ => Err(Refused {
                address: address.to_string(),
                reach,
            }),
        }
    }

    /// Whether a host may be dialled; a name is checked again when it is resolved.
    ///
    /// # Errors
    /// [`Refused`] when the host is a refused address, or a name that always resolves to one.
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
    fn link_local_and_metadata_addresses_are_always_refused() {
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
    fn each_form_of_an_address_is_decided() {
        use Reach::{LinkLocal, Loopback, NotAHost, Unrestricted};
        for (address, reach) in [
            ("168.63.129.16", LinkLocal),
            ("192.0.0.192", LinkLocal),
            ("168.63.129.17", Unrestricted),
            ("2002:a9fe:a9fe::1", LinkLocal),
            ("2002:7f00:1::", Loopback),
            ("2002:a83f:8110::", LinkLocal),
            ("2002:c000:201::1", Unrestricted),
            ("::127.0.0.1", Loopback),
            ("::169.254.169.254", LinkLocal),
            ("::2", NotAHost),
            ("::192.0.2.1", Unrestricted),
            ("::", NotAHost),
            ("::1", Loopback),
            ("::ffff:168.63.129.16", LinkLocal),
            ("::ffff:127.0.0.1", Loopback),
            ("64:ff9b::127.0.0.1", Loopback),
            ("64:ff9b::192.0.0.192", LinkLocal),
            ("64:ff9b::192.0.2.1", Unrestricted),
            ("2001:db8::1", Unrestricted),
        ] {
            let parsed = address.parse().expect("an address");
            assert_eq!(Reach::of(parsed), reach, "{address}");
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
    fn private_ranges_are_allowed() {
        for host in ["10.0.0.1", "172.16.3.4", "192.168.1.1", "api.east.example"] {
            assert!(!refused(AddressPolicy::Remote, host), "{host}");
        }
    }

    #[test]
    fn a_shown_url_has_no_credentials() {
        for (url, shown) in [
            ("https://10.0.0.1:6443", "https://10.0.0.1:6443"),
            (
                "https://ann:secret@east.example/k8s",
                "https://east.example/k8s",
            ),
            ("https://ann:se/cr?et@east.example", "https://east.example"),
            ("ann:secret@east", "east"),
            (
                "https://east.example/?token=secret",
                "https://east.example/",
            ),
        ] {
            assert_eq!(without_userinfo(url), shown);
        }
    }
}
