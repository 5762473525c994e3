//! The configuration of a repository: its name, address, credentials and trust.

use crate::credentials::Credentials;
use url::Url;
use wire::Repository;

/// The configuration of a repository.
#[derive(Clone, Debug)]
pub struct RepositoryConfig {
    /// The name of the repository in this console.
    pub name: Repository,
    /// The address.
    pub address: Address,
    /// The credentials.
    pub credentials: Credentials,
    /// The CA certificates that verify the server, as PEM; "" for those of the system.
    pub ca_bundle: String,
    /// Whether each chart needs a provenance file.
    pub provenance: Provenance,
}

/// Whether a chart needs a provenance file with its digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provenance {
    /// The provenance file is not used.
    #[default]
    Optional,
    /// A chart without a matching provenance file is an error.
    Required,
}

/// The transport of a registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Over TLS.
    #[default]
    Tls,
    /// Plain HTTP, chosen by the operator.
    Plain,
}

/// The address of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The parent URL of an index.yaml; the path ends with `/`.
    Http(Url),
    /// A path of an OCI registry.
    Oci {
        /// The registry, `https://host/` or `http://host/`.
        registry: Url,
        /// The path of one chart, or the parent path of several.
        path: String,
    },
}

/// The reason why a text is not the address of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is not a URL.
    #[error(
        "it is not a URL such as https://charts.example/stable or oci://registry.example/charts"
    )]
    Shape,
    /// The scheme is not supported.
    #[error("the scheme must be https://, http:// or oci://")]
    Scheme,
    /// It contains a user or a password.
    #[error("enter user and password in their own fields")]
    Credentials,
    /// It has a query or a fragment.
    #[error("a query (?) or a fragment (#) is not allowed")]
    Query,
    /// The path of a registry is missing or invalid.
    #[error("the path of a registry consists of lower-case names separated by /")]
    Path,
}

impl Address {
    /// Parses the address of a repository.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn parse(text: &str, transport: Transport) -> Result<Self, BadAddress> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("oci://") {
            return parse_registry(rest, transport);
        }
        let mut url = Url::parse(text).map_err(|_| BadAddress::Shape)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadAddress::Scheme);
        }
        check_url(&url)?;
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self::Http(url))
    }

    /// The address as an operator writes it.
    pub fn display_url(&self) -> String {
        match self {
            Self::Http(url) => url.as_str().trim_end_matches('/').to_owned(),
            Self::Oci { registry, path } => {
                let host = registry.host_str().unwrap_or_default();
                let port = registry.port().map(|port| format!(":{port}"));
                format!("oci://{host}{}/{path}", port.unwrap_or_default())
            }
        }
    }

    /// The origin that the credentials belong to.
    pub(crate) fn origin(&self) -> &Url {
        match self {
            Self::Http(url) => url,
            Self::Oci { registry, .. } => registry,
        }
    }
}

fn parse_registry(rest: &str, transport: Transport) -> Result<Address, BadAddress> {
    let scheme = match transport {
        Transport::Tls => "https",
        Transport::Plain => "http",
    };
    let mut url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| BadAddress::Shape)?;
    check_url(&url)?;
    let path = url.path().trim_matches('/').to_owned();
    let valid_segment = |part: &str| {
        let valid =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        part.bytes().all(valid)
            && part
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_alphanumeric())
    };
    if !path.split('/').all(valid_segment) {
        return Err(BadAddress::Path);
    }
    // Docker Hub serves its API under another host name.
    if url.host_str() == Some("docker.io") {
        url.set_host(Some("registry-1.docker.io"))
            .map_err(|_| BadAddress::Shape)?;
    }
    url.set_path("/");
    Ok(Address::Oci {
        registry: url,
        path,
    })
}

fn check_url(url: &Url) -> Result<(), BadAddress> {
    if url.host_str().is_none_or(str::is_empty) {
        return Err(BadAddress::Shape);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadAddress::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(BadAddress::Query);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, BadAddress> {
        Address::parse(text, Transport::Tls).map(|address| address.display_url())
    }

    #[test]
    fn an_address_is_parsed_and_normalised() {
        for (text, shown) in [
            (
                "https://charts.example/stable/",
                "https://charts.example/stable",
            ),
            ("  http://10.0.0.7:8080 ", "http://10.0.0.7:8080"),
            (
                "oci://registry.example:5000/team/charts/",
                "oci://registry.example:5000/team/charts",
            ),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(shown), "{text}");
        }
    }

    #[test]
    fn an_address_with_credentials_or_a_query_is_rejected() {
        for (text, error) in [
            ("charts", BadAddress::Shape),
            ("ftp://charts.example", BadAddress::Scheme),
            ("file:///etc", BadAddress::Scheme),
            ("https://ann:secret@charts.example", BadAddress::Credentials),
            ("https://charts.example/?token=secret", BadAddress::Query),
            ("oci://registry.example", BadAddress::Path),
            ("oci://registry.example/Team", BadAddress::Path),
            ("oci://registry.example/a//b", BadAddress::Path),
            ("oci://ann@registry.example/a", BadAddress::Credentials),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_registry_uses_plain_http_only_when_configured() {
        for (transport, scheme) in [(Transport::Tls, "https"), (Transport::Plain, "http")] {
            let address =
                Address::parse("oci://127.0.0.1:5000/shop", transport).expect("an address");
            assert_eq!(address.origin().scheme(), scheme);
        }
    }
}
