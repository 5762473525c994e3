//! The Services of the primary that depend on endpoints in the remote. Reads both clusters.

use crate::{
    facts::{EndpointFacts, Fact, Unknown},
    gather::{
        lists::{each, several},
        read,
    },
};
use cluster::{Cluster, Error, Kind, Object};
use std::collections::BTreeMap;

/// A Service of the primary with endpoints in the remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependent {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub service: String,
    /// The ready endpoints in the remote.
    pub remote_endpoints: u32,
    /// The ready endpoints in the primary; with 0 the Service fails when the remote leaves.
    pub primary_endpoints: u32,
}

/// The Services that depend on the remote, and the number of its pods with a sidecar.
pub(super) async fn find(primary: &Cluster, remote: &Cluster) -> (Fact<Vec<Dependent>>, Fact<u32>) {
    let (services, primary_slices, remote_slices, pods) = tokio::join!(
        primary.list_objects(Kind::SERVICE, None, ""),
        primary.list_objects(Kind::ENDPOINT_SLICE, None, ""),
        remote.list_objects(Kind::ENDPOINT_SLICE, None, ""),
        remote.list_objects(Kind::POD, None, ""),
    );
    let injected = each(&fact(pods), read::pod).map(|pods| {
        let count = pods
            .iter()
            .filter(|pod| pod.live && pod.sidecar.is_some())
            .count();
        u32::try_from(count).unwrap_or(u32::MAX)
    });
    let dependent = fact(services).and_then(|services| {
        Ok(decide(
            &services,
            &endpoints(primary_slices)?,
            &endpoints(remote_slices)?,
        ))
    });
    (dependent, injected)
}

fn fact<T>(result: Result<T, Error>) -> Fact<T> {
    result.map_err(Unknown::from)
}

fn endpoints(slices: Result<Vec<Object>, Error>) -> Fact<Vec<EndpointFacts>> {
    several(&fact(slices), read::endpoints)
}

type Key<'a> = (&'a str, &'a str);

fn ready(endpoints: &[EndpointFacts]) -> BTreeMap<Key<'_>, u32> {
    let mut counts = BTreeMap::new();
    for endpoint in endpoints.iter().filter(|endpoint| endpoint.ready) {
        *counts
            .entry((endpoint.namespace.as_str(), endpoint.service.as_str()))
            .or_insert(0) += 1;
    }
    counts
}

/// The Services of the primary with endpoints in the remote, except those that every cluster has.
fn decide(
    services: &[Object],
    in_primary: &[EndpointFacts],
    in_remote: &[EndpointFacts],
) -> Vec<Dependent> {
    let (in_primary, in_remote) = (ready(in_primary), ready(in_remote));
    let system_namespaces = ["kube-system", "default"];
    let mut all: Vec<Dependent> = services
        .iter()
        .filter_map(|service| {
            let key = (service.namespace().unwrap_or_default(), service.name());
            let count = *in_remote.get(&key)?;
            (!system_namespaces.contains(&key.0)).then(|| Dependent {
                namespace: key.0.to_owned(),
                service: key.1.to_owned(),
                remote_endpoints: count,
                primary_endpoints: in_primary.get(&key).copied().unwrap_or(0),
            })
        })
        .collect();
    all.sort_by_key(|dependent| dependent.primary_endpoints);
    all
}

#[cfg(test)]
mod tests;
