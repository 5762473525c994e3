//! Host names as addresses, by the resolver of the machine behind a trait: a test has names of its own.
//!
//! The addresses are only shown and compared; a client that dials a name resolves it by its own policy. Start
//! at [`HostResolver`].

use futures::{FutureExt as _, future::BoxFuture};
use std::{net::IpAddr, time::Duration};

/// How long the resolver of the machine may take.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a host name has no addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The resolver knows no address of it.
    #[error("the host name {host} cannot be resolved")]
    NotFound {
        /// The name.
        host: String,
    },
    /// The resolver does not answer.
    #[error("the resolver did not answer about {host} within {} s", after.as_secs())]
    TimedOut {
        /// The name.
        host: String,
        /// How long it was waited for.
        after: Duration,
    },
}

/// Resolves host names.
pub trait HostResolver: Send + Sync {
    /// All addresses of a host name, in the order of the resolver.
    ///
    /// # Errors
    /// [`ResolveError`].
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>>;
}

/// The resolver of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl HostResolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        let resolved = async move {
            let lookup = tokio::net::lookup_host((host, 0));
            let host = || host.to_owned();
            match tokio::time::timeout(RESOLVE_TIMEOUT, lookup).await {
                Ok(Ok(addresses)) => Ok(addresses.map(|address| address.ip()).collect()),
                Ok(Err(_)) => Err(ResolveError::NotFound { host: host() }),
                Err(_) => Err(ResolveError::TimedOut {
                    host: host(),
                    after: RESOLVE_TIMEOUT,
                }),
            }
        };
        resolved.boxed()
    }
}
