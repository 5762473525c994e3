//! By which address a primary is to reach a remote: every candidate is dialled from here, within a bound.
//!
//! A certificate that does not name an address may name the API server as its own pods call it: then the
//! kubeconfig says by which name the server is known, and the authority vouches for it all the same.
//! That the console reaches an address is no proof that the primary's pods do; that nobody answers is a
//! good reason against one. Start at [`Console::tried`], then [`chosen`].

use crate::{Console, connections::ClusterConnection};
use ::mesh::join::{self, AddressCandidate, Source};
use cluster::handshake_with_name;
use std::time::Duration;
use wire::mesh::ServerAddress;

/// How long one address may take to answer.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(3);

/// What every API server's certificate names, whatever its address is.
const API_SERVER_NAME: &str = "kubernetes.default.svc";

/// A candidate that was dialled.
pub(super) struct TriedAddress {
    pub(super) candidate: AddressCandidate,
    /// Who is to vouch for the server there, as PEM.
    pub(super) authority: String,
    /// The name that its certificate has, where it does not name the address.
    pub(super) tls_server_name: Option<String>,
    /// What was met; none when it answered and is vouched for.
    pub(super) refused: Option<String>,
}

impl Console {
    /// Every address of a remote's API server that is known, each dialled once.
    pub(super) async fn tried(&self, remote: &ClusterConnection) -> Vec<TriedAddress> {
        let (candidates, in_cluster) =
            tokio::join!(join::addresses(&remote.user), join::ca_bundle(&remote.user));
        let tried = candidates.into_iter().map(async |candidate| {
            let own = candidate.sources.contains(&Source::Console);
            let known = in_cluster.as_ref().ok().filter(|_| !own);
            let authority = known.unwrap_or(&remote.authority).clone();
            let given = remote.tls_server_name.as_deref().filter(|_| own);
            let (tls_server_name, refused) = self.dial(&candidate, given, &authority).await;
            TriedAddress {
                candidate,
                authority,
                tls_server_name,
                refused,
            }
        });
        futures::future::join_all(tried).await
    }

    /// Dials by the name that was given, else by the address and then by the name that is in every API
    /// server's certificate: which name it took, and what was met.
    async fn dial(
        &self,
        candidate: &AddressCandidate,
        given: Option<&str>,
        authority: &str,
    ) -> (Option<String>, Option<String>) {
        let asked = async |name: Option<&str>| {
            handshake_with_name(&candidate.address, name, authority, self.setup.addresses).await
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

/// The operator's choice; else the first that answers and leads there from everywhere; else the first
/// that answers.
pub(super) fn chosen<'a>(tried: &'a [TriedAddress], own: Option<&str>) -> Option<&'a TriedAddress> {
    let by_operator = tried
        .iter()
        .find(|one| Some(one.candidate.address.as_str()) == own);
    let answers = || tried.iter().filter(|one| one.refused.is_none());
    let from_everywhere = || answers().find(|one| !one.candidate.loopback);
    by_operator
        .or_else(from_everywhere)
        .or_else(|| answers().next())
}

/// The candidates as a page shows them.
pub(super) fn views(tried: &[TriedAddress], server: &str) -> Vec<ServerAddress> {
    let views = tried.iter().map(|one| ServerAddress {
        address: one.candidate.address.clone(),
        sources: one
            .candidate
            .sources
            .iter()
            .map(|source| source.as_str().to_owned())
            .collect(),
        loopback: one.candidate.loopback,
        known_as: one.tls_server_name.clone(),
        refused: one.refused.clone(),
        chosen: one.candidate.address == server,
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
            authority: String::new(),
            tls_server_name: None,
            refused: (!answers).then(|| "no answer".into()),
        }
    }

    #[test]
    fn who_answers_from_everywhere_comes_first_and_the_operator_before_all() {
        let all = [
            tried("https://127.0.0.1:1", true, true),
            tried("https://10.0.0.1", false, false),
            tried("https://10.0.0.2", false, true),
        ];
        let of = |own| chosen(&all, own).map(|one| one.candidate.address.as_str());
        assert_eq!(of(None), Some("https://10.0.0.2"));
        assert_eq!(of(Some("https://10.0.0.1")), Some("https://10.0.0.1"));
        assert_eq!(
            chosen(&all[..2], None).map(|one| one.candidate.loopback),
            Some(true)
        );
        assert!(chosen(&all[1..2], None).is_none());
    }
}
