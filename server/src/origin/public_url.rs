//! The URL under which browsers reach a console behind a reverse proxy.

use std::str::FromStr;

/// An HTTPS URL without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl {
    /// `https://HOST[:PORT]`.
    url: String,
}

/// Why a text is not a public URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadPublicUrl {
    /// Not a URL.
    #[error("not a URL; an example is https://mesh.example.com")]
    Syntax,
    /// Another scheme than HTTPS.
    #[error("the scheme must be https: kubeconfigs and session cookies pass through this URL")]
    Scheme,
    /// A user name, a password, a query or a fragment.
    #[error("only the scheme, the host and a port are allowed")]
    Parts,
    /// A path.
    #[error("the URL must have no path; use --base-path for it")]
    Path,
}

impl PublicUrl {
    /// Parses a public URL.
    ///
    /// # Errors
    /// [`BadPublicUrl`].
    pub(crate) fn new(text: &str) -> Result<Self, BadPublicUrl> {
        let url = url::Url::parse(text).map_err(|_| BadPublicUrl::Syntax)?;
        if url.scheme() != "https" {
            return Err(BadPublicUrl::Scheme);
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        if has_user || url.query().is_some() || url.fragment().is_some() {
            return Err(BadPublicUrl::Parts);
        }
        if url.path() != "/" {
            return Err(BadPublicUrl::Path);
        }
        Ok(Self {
            url: url.origin().ascii_serialization(),
        })
    }

    /// The URL, without a trailing slash.
    pub(crate) fn as_str(&self) -> &str {
        &self.url
    }

    /// The host, and the port unless it is 443: the Host header of browsers.
    pub(crate) fn host(&self) -> &str {
        self.url.strip_prefix("https://").unwrap_or(&self.url)
    }
}

impl FromStr for PublicUrl {
    type Err = BadPublicUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_normalized() {
        for (text, host) in [
            ("https://mesh.example.com", "mesh.example.com"),
            ("https://Mesh.Example.com:443/", "mesh.example.com"),
            ("https://mesh.example.com:8443", "mesh.example.com:8443"),
            ("https://10.0.0.1", "10.0.0.1"),
            ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        ] {
            let url = PublicUrl::new(text).expect(text);
            assert_eq!(url.host(), host);
            assert_eq!(url.as_str(), format!("https://{host}"));
        }
    }

    #[test]
    fn what_is_not_the_origin_of_an_https_url_is_rejected() {
        for (text, expected) in [
            ("mesh.example.com", BadPublicUrl::Syntax),
            ("http://mesh.example.com", BadPublicUrl::Scheme),
            ("https://user@mesh.example.com", BadPublicUrl::Parts),
            ("https://mesh.example.com?a=b", BadPublicUrl::Parts),
            ("https://mesh.example.com#a", BadPublicUrl::Parts),
            ("https://mesh.example.com/console", BadPublicUrl::Path),
        ] {
            assert_eq!(PublicUrl::new(text), Err(expected), "{text}");
        }
    }
}
