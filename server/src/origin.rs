//! The origin of the console: the scheme, host and port under which browsers reach it, and the session
//! cookie that belongs to it.
//!
//! On this machine the host is a random name below `localhost`, behind a reverse proxy the one of its
//! public URL. A request must name the accepted host, and an unsafe request the origin of that host. Over
//! HTTPS the cookie is `Secure` and bound to the host by its `__Host-` prefix; the plain cookie is not
//! accepted there, and the other way round. Start at [`Origin`].

mod cookie;
mod local_name;
mod public_url;

pub(crate) use cookie::SessionCookie;
pub(crate) use local_name::LocalName;
pub(crate) use public_url::PublicUrl;

use app::BasePath;
use std::{
    fmt::Display,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

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
    /// A loopback address that no name below `localhost` has.
    #[error(
        "refusing to listen on {0}: browsers resolve names below localhost to 127.0.0.1 and ::1 only\n\
         hint: listen on 127.0.0.1, or pass --plain-address"
    )]
    NoName(SocketAddr),
}

/// How browsers address the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addressing<'a> {
    /// By a random name below `localhost`.
    Name,
    /// By the loopback address of the listener, or `localhost`.
    PlainAddress,
    /// By the URL of a reverse proxy.
    Public(&'a PublicUrl),
}

/// How a request names the host of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// As browsers do: everything is served.
    Accepted,
    /// By the address of the listener, as probes do: only the health endpoint is served.
    Probe,
    /// By the address of the listener, where the console has a name: pages redirect to it.
    Alias,
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
    /// The values of the Host header that are redirected.
    aliases: Arc<[String]>,
    listener: SocketAddr,
}

/// Checks before anything is opened that `listen` may be served.
///
/// # Errors
/// [`Error::ClearText`] for an address that is not loopback, without a public URL, and
/// [`Error::NoName`] for an unusual loopback address.
pub(crate) fn check(listen: SocketAddr, addressing: Addressing<'_>) -> Result<(), Error> {
    let address = listen.ip().to_canonical();
    match addressing {
        Addressing::Public(_) => Ok(()),
        _ if !address.is_loopback() => Err(Error::ClearText(listen)),
        Addressing::Name if address != Ipv4Addr::LOCALHOST && address != Ipv6Addr::LOCALHOST => {
            Err(Error::NoName(listen))
        }
        Addressing::Name | Addressing::PlainAddress => Ok(()),
    }
}

impl Origin {
    /// The origin of a listener on loopback that browsers address by a name.
    pub(crate) fn named(name: &LocalName, listener: SocketAddr) -> Self {
        let host = host_header(name.as_str(), listener.port());
        Self {
            url: format!("http://{host}").into(),
            scheme: "http",
            hosts: [host].into(),
            aliases: addresses(listener).into(),
            listener,
        }
    }

    /// The origin of a listener on loopback: its address, or `localhost`.
    pub(crate) fn plain(listener: SocketAddr) -> Self {
        let hosts = addresses(listener);
        let [address, _] = &hosts;
        Self {
            url: format!("http://{address}").into(),
            scheme: "http",
            hosts: hosts.into(),
            aliases: Arc::default(),
            listener,
        }
    }

    /// The origin of a public URL, whose reverse proxy forwards to `listener`.
    pub(crate) fn public(url: &PublicUrl, listener: SocketAddr) -> Self {
        Self {
            url: url.as_str().into(),
            scheme: "https",
            hosts: [url.host().to_owned()].into(),
            aliases: Arc::default(),
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
        if self.aliases.iter().any(|alias| alias == header) {
            return Host::Alias;
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

/// The Host header of browsers: without the default port.
fn host_header(host: impl Display, port: u16) -> String {
    match port {
        80 => host.to_string(),
        port => format!("{host}:{port}"),
    }
}

/// The Host headers of a listener on loopback: its address first, then `localhost`.
fn addresses(listener: SocketAddr) -> [String; 2] {
    let port = listener.port();
    let address = match listener.ip().to_canonical() {
        IpAddr::V4(address) => host_header(address, port),
        IpAddr::V6(address) => host_header(format_args!("[{address}]"), port),
    };
    [address, host_header("localhost", port)]
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
            assert!(check(listen, Addressing::PlainAddress).is_ok(), "{listen}");
        }
        for listen in [
            "0.0.0.0:3000",
            "[::]:3000",
            "10.0.0.1:80",
            "[::ffff:10.0.0.1]:80",
        ] {
            let listen = listen.parse().expect("an address");
            for addressing in [Addressing::Name, Addressing::PlainAddress] {
                let error = check(listen, addressing).expect_err("clear text");
                let error = error.to_string();
                assert!(error.contains("--public-url https://"), "{error}");
            }
            assert!(
                check(listen, Addressing::Public(&public())).is_ok(),
                "{listen}"
            );
        }
    }

    #[test]
    fn a_name_is_used_where_browsers_resolve_it() {
        for (listen, is_usual) in [
            ("127.0.0.1:3000", true),
            ("[::1]:3000", true),
            ("127.0.0.2:3000", false),
        ] {
            let listen = listen.parse().expect("an address");
            assert_eq!(
                check(listen, Addressing::Name).is_ok(),
                is_usual,
                "{listen}"
            );
            assert!(check(listen, Addressing::PlainAddress).is_ok());
        }
    }

    #[test]
    fn a_named_console_accepts_its_name_and_redirects_addresses() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = LocalName::of(folder.path(), [1; 32]).expect("a name");
        let origin = Origin::named(&name, "127.0.0.1:3000".parse().expect("an address"));
        let host = format!("{}:3000", name.as_str());
        assert_eq!(origin.url(&BasePath::default()), format!("http://{host}"));
        assert_eq!(origin.host(&host), Host::Accepted);
        assert!(origin.is_origin(&format!("http://{host}"), &host));
        for alias in ["127.0.0.1:3000", "localhost:3000"] {
            assert_eq!(origin.host(alias), Host::Alias, "{alias}");
        }
        for other in [
            "127.0.0.1",
            "other.localhost:3000",
            name.as_str(),
            "evil.example",
        ] {
            assert_eq!(origin.host(other), Host::Unknown, "{other}");
        }
        let on_80 = Origin::named(&name, "[::1]:80".parse().expect("an address"));
        assert_eq!(on_80.host(name.as_str()), Host::Accepted);
        assert_eq!(on_80.host("[::1]"), Host::Alias);
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
