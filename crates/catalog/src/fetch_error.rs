//! The errors of a request to a repository, by the step that failed.
//!
//! They do not repeat the content of a response: it may contain what the request sent.

use std::time::Duration;
use wire::{address::Refused, error_chain::find_in_chain};

/// The error of a request to a repository.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address policy refuses the address.
    #[error("the address is not allowed")]
    Address(#[source] Refused),
    /// The host name cannot be resolved.
    #[error("the host name {host} cannot be resolved")]
    NameResolution {
        /// The host name.
        host: String,
        /// The error of the resolver.
        #[source]
        source: std::io::Error,
    },
    /// The connection failed.
    #[error("could not connect")]
    Connection(#[source] std::io::Error),
    /// The TLS handshake failed.
    #[error("{}", tls_error::describe(.0))]
    Tls(rustls::Error),
    /// The request timed out.
    #[error("no answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The connection ended before the response was complete.
    #[error("the response was interrupted")]
    Interrupted(#[source] reqwest::Error),
    /// The credentials are rejected.
    #[error("status {status}: the credentials are rejected")]
    CredentialsRejected {
        /// The status, 401 or 403.
        status: u16,
        /// Whether credentials were sent.
        sent: CredentialsSent,
    },
    /// Any other status than 200.
    #[error("status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The response exceeds the size limit.
    #[error("it is larger than {max} bytes")]
    TooLarge {
        /// The size limit in bytes.
        max: u64,
    },
    /// A redirect to another origin, which is not followed.
    #[error("it redirects to {to}, which has another origin")]
    CrossOriginRedirect {
        /// The target, without its query.
        to: String,
    },
    /// Too many redirects.
    #[error("too many redirects")]
    TooManyRedirects,
    /// The credentials would be sent over plain HTTP.
    #[error("credentials are not sent over plain HTTP")]
    InsecureCredentials,
    /// The registry asks for the credentials to be sent to another origin.
    #[error("the token service {realm} has another origin; credentials are not sent to it")]
    CrossOriginRealm {
        /// The URL of the token service.
        realm: String,
    },
    /// The CA bundle is invalid.
    #[error("the CA bundle is not a PEM certificate")]
    CaBundle,
    /// The request cannot be built.
    #[error("the request cannot be built")]
    Request(#[source] reqwest::Error),
}

/// Whether a request had credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialsSent {
    /// With credentials.
    Yes,
    /// Without credentials.
    No,
}

impl FetchError {
    /// The error of a failed request, from its chain of causes.
    pub(crate) fn from_reqwest(error: reqwest::Error, timeout: Duration) -> Self {
        if let Some(found) = find_in_chain::<Refused>(&error) {
            return Self::Address(found.clone());
        }
        if let Some(found) = find_in_chain::<ResolveError>(&error) {
            let source = std::io::Error::new(found.kind, found.message.clone());
            let host = found.host.clone();
            return Self::NameResolution { host, source };
        }
        if let Some(found) = find_in_chain::<rustls::Error>(&error) {
            return Self::Tls(found.clone());
        }
        if error.is_timeout() {
            return Self::TimedOut(timeout);
        }
        match find_in_chain::<std::io::Error>(&error) {
            Some(found) if error.is_connect() => {
                // The kind alone has a text without a layer and a number of the operating system.
                Self::Connection(found.kind().into())
            }
            _ if error.is_builder() => Self::Request(error.without_url()),
            _ => Self::Interrupted(error.without_url()),
        }
    }

    /// Whether a later request may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::NameResolution { .. }
                | Self::Connection(_)
                | Self::TimedOut(_)
                | Self::Interrupted(_)
        ) || matches!(self, Self::Status { status } if *status >= 500)
    }
}

/// The error of the resolver for a host name.
#[derive(Debug, thiserror::Error)]
#[error("{host}: {message}")]
pub(crate) struct ResolveError {
    pub(crate) host: String,
    pub(crate) kind: std::io::ErrorKind,
    pub(crate) message: String,
}
