//! The repository of Istio's own charts, as an option of the command line.

use catalog::{Address, BadAddress, Transport};
use std::str::FromStr;

/// The text for no repository.
const NONE: &str = "none";

/// A repository, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IstioCharts(pub(crate) Option<Address>);

impl FromStr for IstioCharts {
    type Err = BadAddress;

    /// A registry on a loopback address is reached without TLS.
    fn from_str(text: &str) -> Result<Self, BadAddress> {
        if text == NONE {
            return Ok(Self(None));
        }
        let address = Address::parse(text, Transport::Tls)?;
        let is_local = match &address {
            Address::Oci { registry, .. } => registry.host_str().is_some_and(is_loopback),
            Address::Http(_) => false,
        };
        if is_local {
            return Address::parse(text, Transport::Plain).map(|address| Self(Some(address)));
        }
        Ok(Self(Some(address)))
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_an_http_url_a_registry_or_none() {
        let parsed = |text: &str| {
            text.parse::<IstioCharts>()
                .map(|IstioCharts(address)| address)
        };
        assert_eq!(parsed("none"), Ok(None));
        let shown = |text: &str| {
            parsed(text)
                .expect("an address")
                .expect("a repository")
                .display_url()
        };
        for text in [
            "https://charts.example/istio",
            "oci://registry.example/istio/charts",
        ] {
            assert_eq!(shown(text), text);
        }
        let Ok(Some(Address::Oci { registry, .. })) = parsed("oci://127.0.0.1:5000/charts") else {
            panic!("a registry");
        };
        assert_eq!(registry.scheme(), "http");
        assert!(parsed("ftp://charts.example").is_err());
    }
}
