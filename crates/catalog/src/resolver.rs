//! The DNS resolver and the TLS configuration of the client.
//!
//! The crate for clusters has a resolver of its own, for the connector of kube, which only that crate may
//! use. Both apply the address policy of [`wire::address`].

use crate::fetch_error::{FetchError, ResolveError};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
};
use url::Url;
use wire::address::{AddressPolicy, Reach, Refused, embedded_ipv4};

/// The hosts that may be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowedHosts {
    /// Hosts that an operator configured: all that the policy allows, including private ranges.
    Operator(AddressPolicy),
    /// Hosts that a chart or an index names: public addresses only, also where clusters may be on loopback.
    Public,
}

impl AllowedHosts {
    /// Whether an address may be dialled.
    pub(crate) fn check(self, address: IpAddr) -> Result<(), Refused> {
        match self {
            Self::Operator(policy) => policy.check(address),
            Self::Public => {
                AddressPolicy::Remote.check(address)?;
                if is_private(address) {
                    return Err(Refused {
                        address: address.to_string(),
                        reach: Reach::Private,
                    });
                }
                Ok(())
            }
        }
    }

    /// Whether the host of a URL may be dialled; a name is checked again when it is resolved.
    pub(crate) fn check_url(self, url: &Url) -> Result<(), FetchError> {
        let policy = match self {
            Self::Operator(policy) => policy,
            Self::Public => AddressPolicy::Remote,
        };
        let host = url.host_str().unwrap_or_default();
        policy.check_host(host).map_err(FetchError::Address)?;
        match host.trim_matches(['[', ']']).parse() {
            Ok(address) => self.check(address).map_err(FetchError::Address),
            Err(_) => Ok(()),
        }
    }
}

/// Whether an address is in a private range.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => match embedded_ipv4(v6) {
            Some(v4) => is_private(IpAddr::V4(v4)),
            None => v6.is_unique_local(),
        },
    }
}

/// Resolves a name and returns only allowed addresses; those are the ones that are dialled.
pub(crate) struct Resolver(pub(crate) AllowedHosts);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let hosts = self.0;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let failed = |error: std::io::Error| ResolveError {
                host: host.clone(),
                kind: error.kind(),
                message: "no name server knows the name, or none answers".to_owned(),
            };
            let resolved = tokio::net::lookup_host((host.as_str(), 0)).await;
            let addresses: Vec<SocketAddr> = resolved.map_err(failed)?.collect();
            for address in &addresses {
                hosts.check(address.ip())?;
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The TLS configuration: with the system's CA certificates, or only with those of `ca_bundle`.
pub(crate) fn tls(ca_bundle: &str) -> Result<ClientConfig, FetchError> {
    let roots = if ca_bundle.trim().is_empty() {
        system_roots()
    } else {
        Arc::new(custom_roots(ca_bundle)?)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(FetchError::Tls)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn custom_roots(ca_bundle: &str) -> Result<RootCertStore, FetchError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_bundle.as_bytes()) {
        let certificate = certificate.map_err(|_| FetchError::CaBundle)?;
        roots.add(certificate).map_err(|_| FetchError::CaBundle)?;
    }
    if roots.is_empty() {
        return Err(FetchError::CaBundle);
    }
    Ok(roots)
}

/// The CA certificates of the system, loaded once.
fn system_roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let load = || {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(native.certs);
        Arc::new(roots)
    };
    ROOTS.get_or_init(load).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(hosts: AllowedHosts, address: &str) -> bool {
        hosts.check(address.parse().expect("an address")).is_ok()
    }

    #[test]
    fn an_untrusted_host_has_public_addresses_only() {
        let public = AllowedHosts::Public;
        for private in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:a00:1::1",
        ] {
            assert!(!allowed(public, private), "{private}");
            assert!(
                allowed(AllowedHosts::Operator(AddressPolicy::Remote), private),
                "{private}"
            );
        }
        for loopback in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(!allowed(public, loopback), "{loopback}");
        }
        assert!(allowed(public, "192.0.2.1") && allowed(public, "2001:db8::1"));
    }

    #[test]
    fn metadata_services_are_never_dialled() {
        for policy in [AddressPolicy::Remote, AddressPolicy::WithLoopback] {
            for hosts in [AllowedHosts::Operator(policy), AllowedHosts::Public] {
                assert!(!allowed(hosts, "169.254.169.254"));
                let url = Url::parse("http://metadata.google.internal/x").expect("a URL");
                assert!(hosts.check_url(&url).is_err());
            }
        }
    }

    #[test]
    fn an_invalid_ca_bundle_is_rejected() {
        assert!(matches!(tls("hello"), Err(FetchError::CaBundle)));
        assert!(tls("").is_ok());
    }
}
