//! Which addresses are dialled, and how their certificates are judged.
//!
//! The resolver is written here once more, beside the one for clusters: that one speaks kube's connector
//! and lives in the only room that may have kube. What may be dialled is one decision for both, in
//! [`wire::address`].

use crate::fault::{Fault, Nowhere};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
};
use url::Url;
use wire::address::{AddressPolicy, Reach, Refused};

/// Which hosts may be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// What an operator named: whatever the policy allows, private ranges too.
    Named(AddressPolicy),
    /// What a stranger named, such as a chart or an index: public addresses only.
    Strangers(AddressPolicy),
}

impl Hosts {
    /// Whether an address may be dialled.
    pub(crate) fn check(self, address: IpAddr) -> Result<(), Refused> {
        match self {
            Self::Named(policy) => policy.check(address),
            Self::Strangers(policy) => {
                policy.check(address)?;
                // Where loopback is allowed, everything runs on this machine: tests and sandboxes.
                if policy == AddressPolicy::Remote && is_private(address) {
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
    pub(crate) fn check_url(self, url: &Url) -> Result<(), Fault> {
        let (Self::Named(policy) | Self::Strangers(policy)) = self;
        let host = url.host_str().unwrap_or_default();
        policy.check_host(host).map_err(Fault::Address)?;
        match host.trim_matches(['[', ']']).parse() {
            Ok(address) => self.check(address).map_err(Fault::Address),
            Err(_) => Ok(()),
        }
    }
}

/// Whether an address belongs to a network of somebody's own.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_private(IpAddr::V4(v4)),
            None => v6.is_unique_local(),
        },
    }
}

/// Resolves a name and lets only allowed addresses through; those are the ones that are dialled.
pub(crate) struct Resolver(pub(crate) Hosts);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let hosts = self.0;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let nowhere = |error: std::io::Error| Nowhere {
                host: host.clone(),
                kind: error.kind(),
                said: error.to_string(),
            };
            let looked_up = tokio::net::lookup_host((host.as_str(), 0)).await;
            let found: Vec<SocketAddr> = looked_up.map_err(nowhere)?.collect();
            for address in &found {
                hosts.check(address.ip())?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// How certificates are judged: by the system's authorities, or by the one given and no other.
pub(crate) fn tls(authority: &str) -> Result<ClientConfig, Fault> {
    let roots = if authority.trim().is_empty() {
        system_roots()
    } else {
        Arc::new(own_roots(authority)?)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Fault::Tls)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn own_roots(authority: &str) -> Result<RootCertStore, Fault> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
        let certificate = certificate.map_err(|_| Fault::Authority)?;
        roots.add(certificate).map_err(|_| Fault::Authority)?;
    }
    if roots.is_empty() {
        return Err(Fault::Authority);
    }
    Ok(roots)
}

/// The authorities of this machine, read once.
fn system_roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let read = || {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        Arc::new(roots)
    };
    ROOTS.get_or_init(read).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(hosts: Hosts, address: &str) -> bool {
        hosts.check(address.parse().expect("an address")).is_ok()
    }

    #[test]
    fn a_stranger_leads_to_public_addresses_only() {
        let strangers = Hosts::Strangers(AddressPolicy::Remote);
        for private in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd12::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!may(strangers, private), "{private}");
            assert!(
                may(Hosts::Named(AddressPolicy::Remote), private),
                "{private}"
            );
        }
        assert!(may(strangers, "192.0.2.1") && may(strangers, "2001:db8::1"));
    }

    #[test]
    fn metadata_services_are_dialled_for_nobody() {
        for policy in [AddressPolicy::Remote, AddressPolicy::WithLoopback] {
            for hosts in [Hosts::Named(policy), Hosts::Strangers(policy)] {
                assert!(!may(hosts, "169.254.169.254"));
                let url = Url::parse("http://metadata.google.internal/x").expect("a URL");
                assert!(hosts.check_url(&url).is_err());
            }
        }
    }

    #[test]
    fn an_authority_that_is_no_certificate_is_refused() {
        assert!(matches!(tls("hello"), Err(Fault::Authority)));
        assert!(tls("").is_ok());
    }
}
