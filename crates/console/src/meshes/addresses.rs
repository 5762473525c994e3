//! The address at which a primary reaches a remote's API server: each candidate is dialled, with a timeout.
//!
//! A certificate without the dialled address may contain the in-cluster name of the API server; the
//! kubeconfig then sets `tls-server-name`, and the CA bundle verifies the certificate for that name.
//! An address that responds to the console may be unreachable for the primary's pods; an address that does
//! not respond to the console is not proposed. Start at [`Console::try_addresses`], then [`chosen`].

use crate::{
    Console,
    connections::{ClusterConnection, RunAs},
};
use ::mesh::join::{self, AddressCandidate, Source};
use cluster::handshake_with_name;
use std::time::Duration;
use wire::mesh::ServerAddress;

/// The timeout of one address.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(3);

/// The in-cluster name in every API server's certificate.
const API_SERVER_NAME: &str = "kubernetes.default.svc";

/// A candidate that was dialled.
pub(super) struct TriedAddress {
    pub(super) candidate: AddressCandidate,
    /// The CA bundle for the server, as PEM.
    pub(super) ca_bundle: String,
    /// The name in its certificate, when the certificate does not contain the address.
    pub(super) tls_server_name: Option<String>,
    /// The error; none when the server responded with a verified certificate.
    pub(super) refused: Option<String>,
}

impl Console {
    /// Every known address of a remote's API server, each dialled once.
    pub(super) async fn try_addresses(
        &self,
        remote: &ClusterConnection,
        run_as: RunAs,
    ) -> Vec<TriedAddress> {
        let identity = remote.identity(run_as);
        let (candidates, in_cluster) =
            tokio::join!(join::addresses(identity), join::ca_bundle(identity));
        let tried = candidates.into_iter().map(async |candidate| {
            let own = candidate.sources.contains(&Source::Console);
            let known = in_cluster.as_ref().ok().filter(|_| !own);
            let ca_bundle = known.unwrap_or(&remote.ca_bundle).clone();
            let given = remote.tls_server_name.as_deref().filter(|_| own);
            let (tls_server_name, refused) = self.dial(&candidate, given, &ca_bundle).await;
            TriedAddress {
                candidate,
                ca_bundle,
                tls_server_name,
                refused,
            }
        });
        futures::future::join_all(tried).await
    }

    /// Dials with the given server name, else with the address and then with the in-cluster name: returns
    /// the server name that was verified, and the error.
    async fn dial(
        &self,
        candidate: &AddressCandidate,
        given: Option<&str>,
        ca_bundle: &str,
    ) -> (Option<String>, Option<String>) {
        let asked = async |name: Option<&str>| {
            handshake_with_name(&candidate.address, name, ca_bundle, self.setup.addresses).await
        };
        let all = async {
            let seen = match asked(given).await {
                Err(error) => return (None, Some(error.to_string())),
                Ok(seen) => seen,
            };
            let Err(refusal) = seen.verified else {
                return (given.map(str::to_owned), None);
            };
            let by_own_name = asked(Some(API_SERVER_NAME)).await;
            match by_own_name.map(|seen| seen.verified) {
                Ok(Ok(())) => (Some(API_SERVER_NAME.to_owned()), None),
                _ => (None, Some(refusal)),
            }
        };
        let late = || Some(format!("no answer in {} s", ADDRESS_TIMEOUT.as_secs()));
        let outcome = tokio::time::timeout(ADDRESS_TIMEOUT, all).await;
        outcome.unwrap_or_else(|_| (None, late()))
    }
}

/// The operator's choice; else the first address that responds and is not loopback; else the first that
/// responds.
pub(super) fn chosen<'a>(tried: &'a [TriedAddress], own: Option<&str>) -> Option<&'a TriedAddress> {
    let by_operator = tried
        .iter()
        .find(|address| Some(address.candidate.address.as_str()) == own);
    let answers = || tried.iter().filter(|address| address.refused.is_none());
    let from_everywhere = || answers().find(|address| !address.candidate.loopback);
    by_operator
        .or_else(from_everywhere)
        .or_else(|| answers().next())
}

/// The candidates as a page shows them.
pub(super) fn views(tried: &[TriedAddress], server: &str) -> Vec<ServerAddress> {
    let views = tried.iter().map(|address| ServerAddress {
        address: address.candidate.address.clone(),
        sources: address
            .candidate
            .sources
            .iter()
            .map(|source| source.as_str().to_owned())
            .collect(),
        loopback: address.candidate.loopback,
        known_as: address.tls_server_name.clone(),
        refused: address.refused.clone(),
        chosen: address.candidate.address == server,
    });
    views.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(address: &str, loopback: bool, answers: bool) -> TriedAddress {
        TriedAddress {
            candidate: AddressCandidate {
                address: address.into(),
                sources: vec![Source::Console],
                loopback,
            },
            ca_bundle: String::new(),
            tls_server_name: None,
            refused: (!answers).then(|| "no answer".into()),
        }
    }

    #[test]
    fn the_operators_choice_precedes_routable_and_loopback_addresses() {
        let all = [
            tried("https://127.0.0.1:1", true, true),
            tried("https://10.0.0.1", false, false),
            tried("https://10.0.0.2", false, true),
        ];
        let of = |own| chosen(&all, own).map(|address| address.candidate.address.as_str());
        assert_eq!(of(None), Some("https://10.0.0.2"));
        assert_eq!(of(Some("https://10.0.0.1")), Some("https://10.0.0.1"));
        assert_eq!(
            chosen(&all[..2], None).map(|address| address.candidate.loopback),
            Some(true)
        );
        assert!(chosen(&all[1..2], None).is_none());
    }
}
