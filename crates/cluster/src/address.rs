//! Names are resolved here, and the address that was checked is the one that is dialled.
//!
//! What may be dialled is decided by [`wire::address`], which repositories of charts share.

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

/// Resolves names and lets only allowed addresses through.
#[derive(Clone)]
pub(crate) struct Resolver {
    pub(crate) policy: AddressPolicy,
}

type Found = Result<IntoIter<SocketAddr>, Box<dyn std::error::Error + Send + Sync>>;

impl tower::Service<Name> for Resolver {
    type Response = IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Found> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let policy = self.policy;
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            for address in &found {
                policy.check(address.ip())?;
            }
            Ok(found.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_to_loopback_is_refused_when_it_is_resolved() {
        use tower::ServiceExt as _;
        let name: Name = "localhost".parse().expect("a name");
        let answer = Resolver {
            policy: AddressPolicy::Remote,
        }
        .oneshot(name)
        .await;
        let said = answer
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(said.contains("loopback"), "{said}");
    }
}
