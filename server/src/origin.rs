//! The origin of the console: the scheme, host and port under which browsers reach it, and the session
//! cookie that belongs to it.
//!
//! A request must name one of the accepted hosts, and an unsafe request the origin of that host. Over
//! HTTPS the cookie is `Secure` and bound to the host by its `__Host-` prefix; the plain cookie is not
//! accepted there, and the other way round. Start at [`Origin`].

mod cookie;
mod public_url;

pub(crate) use cookie::SessionCookie;
pub(crate) use public_url::PublicUrl;

use app::BasePath;
use std::{net::SocketAddr, sync::Arc};

/// Why the console cannot be served on an address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Clear text on an address that other machines reach.
    #[error(
        "refusing to listen on {0} without --public-url: kubeconfigs and session cookies would cross \
         the network in clear text\nhint: pass --public-url https://NAME, the URL of a reverse proxy \
         that terminates TLS in front of this address, or listen on 127.0.0.1"
    )]
    ClearText(SocketAddr),
}

/// How a request names the host of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// As browsers do: everything is served.
    Accepted,
    /// By the address of the listener, as probes do: only the health endpoint is served.
    Probe,
    /// Neither: nothing is served.
    Unknown,
}

/// The origin of the console. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The URL without a path.
    url: Arc<str>,
    scheme: &'static str,
    /// The accepted values of the Host header.
    hosts: Arc<[String]>,
    listener: SocketAddr,
}

/// Checks before anything is opened that `listen` may be served.
///
/// # Errors
/// [`Error::ClearText`] for an address that is not loopback, without a public URL.
pub(crate) fn check(listen: SocketAddr, public: Option<&PublicUrl>) -> Result<(), Error> {
    let is_loopback = listen.ip().to_canonical().is_loopback();
    if is_loopback || public.is_some() {
        Ok(())
    } else {
        Err(Error::ClearText(listen))
    }
}

impl Origin {
    /// The origin of a listener on loopback: its address, or `localhost`.
    pub(crate) fn plain(listener: SocketAddr) -> Self {
        let hosts = vec![
            listener.to_string(),
            format!("localhost:{}", listener.port()),
        ];
        Self {
            url: format!("http://{listener}").into(),
            scheme: "http",
            hosts: hosts.into(),
            listener,
        }
    }

    /// The origin of a public URL, whose reverse proxy forwards to `listener`.
    pub(crate) fn public(url: &PublicUrl, listener: SocketAddr) -> Self {
        Self {
            url: url.as_str().into(),
            scheme: "https",
            hosts: [url.host().to_owned()].into(),
            listener,
        }
    }

    /// The URL of the overview, without a trailing slash.
    pub(crate) fn url(&self, base: &BasePath) -> String {
        format!("{}{}", self.url, base.as_str())
    }

    /// How a request with this Host header names the console.
    pub(crate) fn host(&self, header: &str) -> Host {
        if self.hosts.iter().any(|host| host == header) {
            return Host::Accepted;
        }
        // A foreign name may resolve to the listener; a literal address cannot be rebound.
        let is_probe = header
            .parse::<SocketAddr>()
            .is_ok_and(|address| address.port() == self.listener.port());
        if is_probe { Host::Probe } else { Host::Unknown }
    }

    /// Whether `origin` is the origin of a page that was loaded from `host`, an accepted one.
    pub(crate) fn is_origin(&self, origin: &str, host: &str) -> bool {
        origin.strip_prefix(self.scheme) == Some(format!("://{host}").as_str())
    }

    /// The session cookie.
    pub(crate) fn cookie(&self, base: &BasePath) -> SessionCookie {
        match self.scheme {
            "https" => SessionCookie::secure(),
            _ => SessionCookie::plain(base.cookie_path()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public() -> PublicUrl {
        PublicUrl::new("https://mesh.example.com").expect("a URL")
    }

    #[test]
    fn an_address_that_other_machines_reach_requires_a_public_url() {
        for listen in ["127.0.0.1:3000", "127.8.0.1:3000", "[::1]:3000"] {
            let listen = listen.parse().expect("an address");
            assert!(check(listen, None).is_ok(), "{listen}");
        }
        for listen in [
            "0.0.0.0:3000",
            "[::]:3000",
            "10.0.0.1:80",
            "[::ffff:10.0.0.1]:80",
        ] {
            let listen = listen.parse().expect("an address");
            let error = check(listen, None).expect_err("clear text").to_string();
            assert!(error.contains("--public-url https://"), "{error}");
            assert!(check(listen, Some(&public())).is_ok(), "{listen}");
        }
    }

    #[test]
    fn behind_a_public_url_only_its_host_and_its_origin_are_accepted() {
        let listener = "0.0.0.0:3000".parse().expect("an address");
        let origin = Origin::public(&public(), listener);
        assert_eq!(origin.host("mesh.example.com"), Host::Accepted);
        for header in ["10.1.2.3:3000", "127.0.0.1:3000", "[::1]:3000"] {
            assert_eq!(origin.host(header), Host::Probe, "{header}");
        }
        for header in [
            "localhost:3000",
            "10.1.2.3",
            "10.1.2.3:80",
            "mesh.example.com:3000",
            "evil.example",
            "",
        ] {
            assert_eq!(origin.host(header), Host::Unknown, "{header}");
        }
        let host = "mesh.example.com";
        assert!(origin.is_origin("https://mesh.example.com", host));
        for foreign in [
            "http://mesh.example.com",
            "https://mesh.example.com.evil.example",
            "https://evil.example",
            "null",
            "",
        ] {
            assert!(!origin.is_origin(foreign, host), "{foreign}");
        }
        assert_eq!(origin.url(&BasePath::default()), "https://mesh.example.com");
    }
}
