//! The DNS resolver of the client: the address that was checked is the address that is dialled.
//!
//! [`wire::address`] decides which addresses are allowed; chart repositories use the same policy.

use std::{
    future::Future,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    vec::IntoIter,
};

use hyper_util::client::legacy::connect::dns::Name;

pub(crate) use wire::address::Refused;
pub use wire::address::{AddressPolicy, Reach};

/// A host name that the resolver does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the host name {0} cannot be resolved")]
pub(crate) struct Unresolved(pub(crate) String);

/// Resolves names and returns only allowed addresses.
#[derive(Clone)]
pub(crate) struct Resolver {
    pub(crate) policy: AddressPolicy,
}

type Resolved = Result<IntoIter<SocketAddr>, Box<dyn std::error::Error + Send + Sync>>;

impl tower::Service<Name> for Resolver {
    type Response = IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Resolved> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let policy = self.policy;
        Box::pin(async move {
            let resolved = tokio::net::lookup_host((name.as_str(), 0)).await;
            let addresses: Vec<SocketAddr> = resolved
                .map_err(|_| Unresolved(name.as_str().to_owned()))?
                .collect();
            for address in &addresses {
                policy.check(address.ip())?;
            }
            Ok(addresses.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_resolves_to_loopback_is_refused() {
        use tower::ServiceExt as _;
        let name: Name = "localhost".parse().expect("a name");
        let resolved = Resolver {
            policy: AddressPolicy::Remote,
        }
        .oneshot(name)
        .await;
        let message = resolved
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(message.contains("loopback"), "{message}");
    }
}
