//! The kind of host that an address names.

use std::net::{IpAddr, Ipv6Addr};

/// The kind of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// The machine of the client itself.
    Loopback,
    /// A name that resolves only inside its own cluster or link.
    ClusterLocalName,
    /// A name.
    Name,
    /// An address of a private network.
    Private(IpAddr),
    /// A public address.
    Public(IpAddr),
}

impl Host {
    /// The kind of a host without scheme and port.
    pub(super) fn parse(host: &str) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Self::from_address(address.to_canonical());
        }
        let lower = bare.trim_end_matches('.').to_ascii_lowercase();
        let last_label = lower.rsplit('.').next().unwrap_or_default();
        let is_cluster_local = lower.starts_with("kubernetes.default")
            || matches!(last_label, "kubernetes" | "local" | "svc");
        if lower == "localhost" || lower.ends_with(".localhost") {
            Self::Loopback
        } else if is_cluster_local {
            Self::ClusterLocalName
        } else {
            Self::Name
        }
    }

    fn from_address(address: IpAddr) -> Self {
        if address.is_loopback() || address.is_unspecified() {
            return Self::Loopback;
        }
        let is_private = match address {
            IpAddr::V4(v4) => {
                let [a, b, ..] = v4.octets();
                // Carriers and many clouds use 100.64.0.0/10 as an internal range.
                v4.is_private() || v4.is_link_local() || (a == 100 && (64..128).contains(&b))
            }
            IpAddr::V6(v6) => is_local_v6(v6),
        };
        if is_private {
            Self::Private(address)
        } else {
            Self::Public(address)
        }
    }

    /// The address; none for a name or loopback.
    pub(super) fn address(self) -> Option<IpAddr> {
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

/// The host of a URL; "" for a URL without one.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if let Some(bracketed) = authority.strip_prefix('[') {
        return bracketed.split(']').next().unwrap_or_default();
    }
    authority.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_loopback_cluster_local_private_or_public() {
        for host in [
            "127.0.0.1",
            "::1",
            "0.0.0.0",
            "localhost",
            "::ffff:127.0.0.1",
        ] {
            assert_eq!(Host::parse(host), Host::Loopback, "{host}");
        }
        for host in ["kubernetes.default.svc", "api.cluster.local", "kubernetes"] {
            assert_eq!(Host::parse(host), Host::ClusterLocalName, "{host}");
        }
        for host in ["10.0.0.1", "172.20.1.1", "fd00::1", "100.64.0.1"] {
            assert!(matches!(Host::parse(host), Host::Private(_)), "{host}");
        }
        assert!(matches!(Host::parse("203.0.113.7"), Host::Public(_)));
        assert_eq!(Host::parse("api.west.example"), Host::Name);
    }

    #[test]
    fn the_host_of_a_url_is_between_scheme_and_port() {
        assert_eq!(host_of("https://10.0.0.1:6443"), "10.0.0.1");
        assert_eq!(host_of("https://[fd00::1]:6443/x"), "fd00::1");
        assert_eq!(host_of("api.example"), "api.example");
    }
}
