//! Why something could not be fetched: which step of the way failed, and what was met there.
//!
//! What a server answers is not repeated: it could hold what we sent it.

use std::time::Duration;
use wire::address::Refused;

/// Why something could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The address may not be dialled.
    #[error("the address may not be dialled")]
    Address(#[source] Refused),
    /// The host's name leads nowhere.
    #[error("the name {host} leads to no address")]
    Name {
        /// The name.
        host: String,
        /// What the resolver said.
        #[source]
        source: std::io::Error,
    },
    /// Nothing listens there, or the way is closed.
    #[error("no connection")]
    Connection(#[source] std::io::Error),
    /// TLS failed: a certificate that is not trusted, or no TLS at all.
    #[error("no secure connection")]
    Tls(#[source] rustls::Error),
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The connection ended in the middle.
    #[error("the answer broke off")]
    Broken(#[source] reqwest::Error),
    /// The login is not accepted.
    #[error("it answers {status}: the login is not accepted")]
    Login {
        /// The status, 401 or 403.
        status: u16,
        /// Whether a login was sent.
        sent: Sent,
    },
    /// Another status than 200.
    #[error("it answers {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// More bytes than are taken.
    #[error("it is larger than {most} bytes")]
    TooLarge {
        /// What is taken.
        most: u64,
    },
    /// It leads to another host, where nothing of ours goes.
    #[error("it leads to {to}, which is another place")]
    LedAway {
        /// Where to, without its query.
        to: String,
    },
    /// It leads from place to place without an end.
    #[error("it leads from place to place")]
    Circles,
    /// A login over plain HTTP would be read by others.
    #[error("a login is not sent over plain HTTP")]
    LoginInPlain,
    /// The registry asks for the login to be sent to another host.
    #[error("it wants the login sent to {realm}, which is another place")]
    OtherRealm {
        /// Where.
        realm: String,
    },
    /// The authority given is no certificate.
    #[error("the authority is not a PEM certificate")]
    Authority,
    /// What was set up cannot be used.
    #[error("the request cannot be made")]
    Request(#[source] reqwest::Error),
}

/// Whether a login went with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A login was sent.
    Login,
    /// None was.
    Nothing,
}

impl Fault {
    /// What a failed request met, found in its chain of causes.
    pub(crate) fn of(error: reqwest::Error, deadline: Duration) -> Self {
        if let Some(found) = cause::<Refused>(&error) {
            return Self::Address(found.clone());
        }
        if let Some(found) = cause::<Nowhere>(&error) {
            let source = std::io::Error::new(found.kind, found.said.clone());
            let host = found.host.clone();
            return Self::Name { host, source };
        }
        if let Some(found) = cause::<rustls::Error>(&error) {
            return Self::Tls(found.clone());
        }
        if error.is_timeout() {
            return Self::TimedOut(deadline);
        }
        match cause::<std::io::Error>(&error) {
            Some(found) if error.is_connect() => {
                Self::Connection(std::io::Error::new(found.kind(), found.to_string()))
            }
            _ if error.is_builder() => Self::Request(error.without_url()),
            _ => Self::Broken(error.without_url()),
        }
    }

    /// Whether this may pass by itself.
    pub(crate) fn passes(&self) -> bool {
        matches!(
            self,
            Self::Name { .. } | Self::Connection(_) | Self::TimedOut(_) | Self::Broken(_)
        ) || matches!(self, Self::Status { status } if *status >= 500)
    }
}

/// A name that leads to no address, as our resolver tells it.
#[derive(Debug, thiserror::Error)]
#[error("{host}: {said}")]
pub(crate) struct Nowhere {
    pub(crate) host: String,
    pub(crate) kind: std::io::ErrorKind,
    pub(crate) said: String,
}

/// The first cause of that type; an I/O error hides what it wraps from the chain.
fn cause<'a, T: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
