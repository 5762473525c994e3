//! Classifies the host of an address: loopback, private, public, or a name.

use std::net::{IpAddr, Ipv6Addr};

/// The kind of host that an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// The dialling machine itself.
    Loopback,
    /// A name that resolves only inside its own cluster or link.
    PrivateName,
    /// A DNS name.
    Name,
    /// An address of a private network.
    Private(IpAddr),
    /// A public address.
    Public(IpAddr),
}

impl Host {
    /// Classifies a host without scheme and port.
    pub(crate) fn read(host: &str) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Self::of(address.to_canonical());
        }
        let lower = bare.trim_end_matches('.').to_ascii_lowercase();
        let last = lower.rsplit('.').next().unwrap_or_default();
        let inside = lower.starts_with("kubernetes.default")
            || matches!(last, "kubernetes" | "local" | "svc");
        if lower == "localhost" || lower.ends_with(".localhost") {
            Self::Loopback
        } else if inside {
            Self::PrivateName
        } else {
            Self::Name
        }
    }

    fn of(address: IpAddr) -> Self {
        if address.is_loopback() || address.is_unspecified() {
            return Self::Loopback;
        }
        let private = match address {
            IpAddr::V4(v4) => {
                let [a, b, ..] = v4.octets();
                // 100.64/10 is carrier-grade NAT, which many clouds use internally.
                v4.is_private() || v4.is_link_local() || (a == 100 && (64..128).contains(&b))
            }
            IpAddr::V6(v6) => is_local_v6(v6),
        };
        if private {
            Self::Private(address)
        } else {
            Self::Public(address)
        }
    }

    /// The address, unless the host is a name or loopback.
    pub(crate) fn address(self) -> Option<IpAddr> {
        match self {
            Self::Private(address) | Self::Public(address) => Some(address),
            _ => None,
        }
    }
}

fn is_local_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    (first & 0xfe00) == 0xfc00 || (first & 0xffc0) == 0xfe80
}

/// The host of a URL as written; "" when the URL has none.
pub(crate) fn host_of(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    let authority = after.split(['/', '?']).next().unwrap_or_default();
    if let Some(six) = authority.strip_prefix('[') {
        return six.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_loopback_private_or_public() {
        for host in [
            "127.0.0.1",
            "::1",
            "0.0.0.0",
            "localhost",
            "::ffff:127.0.0.1",
        ] {
            assert_eq!(Host::read(host), Host::Loopback, "{host}");
        }
        for host in ["kubernetes.default.svc", "api.cluster.local", "kubernetes"] {
            assert_eq!(Host::read(host), Host::PrivateName, "{host}");
        }
        for host in ["10.0.0.1", "172.20.1.1", "fd00::1", "100.64.0.1"] {
            assert!(matches!(Host::read(host), Host::Private(_)), "{host}");
        }
        assert!(matches!(Host::read("203.0.113.7"), Host::Public(_)));
        assert_eq!(Host::read("api.west.example"), Host::Name);
    }

    #[test]
    fn the_host_of_a_url_is_between_scheme_and_port() {
        assert_eq!(host_of("https://10.0.0.1:6443"), "10.0.0.1");
        assert_eq!(host_of("https://[fd00::1]:6443/x"), "fd00::1");
        assert_eq!(host_of("api.example"), "api.example");
    }
}
