//! What an operator says of a repository: its name, where it is, how to log in, whom to trust.

use crate::login::Login;
use url::Url;
use wire::Repository;

/// A repository, as an operator defines it.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name in this console.
    pub name: Repository,
    /// Where it is.
    pub address: Address,
    /// How to log in.
    pub login: Login,
    /// The authority that its certificate must come from, as PEM; "" for the system's.
    pub authority: String,
    /// Whether each chart must come with a provenance file.
    pub provenance: Provenance,
}

/// Whether a chart must come with a provenance file that names its digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provenance {
    /// It is not asked for.
    #[default]
    NotAsked,
    /// A chart without one, or with another digest in it, is refused.
    Required,
}

/// How a registry is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Over TLS.
    #[default]
    Tls,
    /// In plain: the operator said so.
    Plain,
}

/// Where a repository is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The folder of an index.yaml; the path ends with `/`.
    Http(Url),
    /// A path of an OCI registry.
    Oci {
        /// The registry, `https://host/` or `http://host/`.
        registry: Url,
        /// The path below it, of one chart or of several.
        path: String,
    },
}

/// Why a text cannot be the address of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is no URL.
    #[error("it is no URL, such as https://charts.example/stable or oci://registry.example/charts")]
    Shape,
    /// Another scheme.
    #[error("it begins with https://, http:// or oci://")]
    Scheme,
    /// A user or a password in it.
    #[error("user and password have fields of their own")]
    Login,
    /// A query or a fragment.
    #[error("it ends before ? and #")]
    Query,
    /// A registry without a path, or with one that a registry cannot have.
    #[error("the path of a registry is lower-case words, joined by /")]
    Path,
}

impl Address {
    /// Reads the address of a repository.
    ///
    /// # Errors
    /// [`BadAddress`] with what it should be.
    pub fn read(text: &str, transport: Transport) -> Result<Self, BadAddress> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("oci://") {
            return registry(rest, transport);
        }
        let mut url = Url::parse(text).map_err(|_| BadAddress::Shape)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadAddress::Scheme);
        }
        plain(&url)?;
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self::Http(url))
    }

    /// The address as a person writes it.
    pub fn shown(&self) -> String {
        match self {
            Self::Http(url) => url.as_str().trim_end_matches('/').to_owned(),
            Self::Oci { registry, path } => {
                let host = registry.host_str().unwrap_or_default();
                let port = registry.port().map(|port| format!(":{port}"));
                format!("oci://{host}{}/{path}", port.unwrap_or_default())
            }
        }
    }

    /// What a login belongs to.
    pub(crate) fn origin(&self) -> &Url {
        match self {
            Self::Http(url) => url,
            Self::Oci { registry, .. } => registry,
        }
    }
}

fn registry(rest: &str, transport: Transport) -> Result<Address, BadAddress> {
    let scheme = match transport {
        Transport::Tls => "https",
        Transport::Plain => "http",
    };
    let mut url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| BadAddress::Shape)?;
    plain(&url)?;
    let path = url.path().trim_matches('/').to_owned();
    let word = |part: &str| {
        let fine =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        part.bytes().all(fine)
            && part
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_alphanumeric())
    };
    if !path.split('/').all(word) {
        return Err(BadAddress::Path);
    }
    // The name by which people know this one is not the host that answers.
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

fn plain(url: &Url) -> Result<(), BadAddress> {
    if url.host_str().is_none_or(str::is_empty) {
        return Err(BadAddress::Shape);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadAddress::Login);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(BadAddress::Query);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, BadAddress> {
        Address::read(text, Transport::Tls).map(|address| address.shown())
    }

    #[test]
    fn an_address_is_read_as_people_write_it() {
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
            assert_eq!(read(text).as_deref(), Ok(shown), "{text}");
        }
    }

    #[test]
    fn what_could_hide_a_login_or_lead_astray_is_refused() {
        for (text, why) in [
            ("charts", BadAddress::Shape),
            ("ftp://charts.example", BadAddress::Scheme),
            ("file:///etc", BadAddress::Scheme),
            ("https://ann:secret@charts.example", BadAddress::Login),
            ("https://charts.example/?token=secret", BadAddress::Query),
            ("oci://registry.example", BadAddress::Path),
            ("oci://registry.example/Team", BadAddress::Path),
            ("oci://registry.example/a//b", BadAddress::Path),
            ("oci://ann@registry.example/a", BadAddress::Login),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_registry_is_spoken_to_in_plain_only_when_that_is_said() {
        for (transport, scheme) in [(Transport::Tls, "https"), (Transport::Plain, "http")] {
            let address = Address::read("oci://127.0.0.1:5000/shop", transport).expect("one");
            assert_eq!(address.origin().scheme(), scheme);
        }
    }
}
