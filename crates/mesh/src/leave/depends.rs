//! What depends on a remote: Services of the primary whose endpoints are there. Reads both clusters.

use crate::facts::{EndpointFacts, Fact, gather::why, read};
use cluster::{Cluster, Error, Object};
use std::collections::BTreeMap;

/// A Service of the primary that the remote serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependent {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub service: String,
    /// Ready endpoints in the remote.
    pub there: u32,
    /// Ready endpoints in the primary; none: it fails when the remote leaves.
    pub here: u32,
}

/// Which Services depend on the remote, and how many of its pods have a sidecar.
pub(super) async fn on(primary: &Cluster, remote: &Cluster) -> (Fact<Vec<Dependent>>, Fact<u32>) {
    let api = "discovery.k8s.io/v1";
    let (services, here, there, pods) = tokio::join!(
        primary.list("v1", "Service", None, ""),
        primary.list(api, "EndpointSlice", None, ""),
        remote.list(api, "EndpointSlice", None, ""),
        remote.list("v1", "Pod", None, ""),
    );
    let injected = known(pods).map(|pods| {
        let pods = pods.iter().map(read::pod);
        let count = pods.filter(|pod| pod.live && pod.sidecar.is_some()).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    });
    let dependent = known(services)
        .and_then(|services| Ok(decide(&services, &endpoints(here)?, &endpoints(there)?)));
    (dependent, injected)
}

fn known<T>(answer: Result<T, Error>) -> Fact<T> {
    answer.map_err(|error| why(&error))
}

fn endpoints(slices: Result<Vec<Object>, Error>) -> Fact<Vec<EndpointFacts>> {
    let slices = known(slices)?;
    Ok(slices.iter().flat_map(read::endpoints).collect())
}

type Key<'a> = (&'a str, &'a str);

fn ready(endpoints: &[EndpointFacts]) -> BTreeMap<Key<'_>, u32> {
    let mut counts = BTreeMap::new();
    for one in endpoints.iter().filter(|one| one.ready) {
        *counts
            .entry((one.namespace.as_str(), one.service.as_str()))
            .or_insert(0) += 1;
    }
    counts
}

/// The primary's Services that have endpoints in the remote; what every cluster has of its own is none.
fn decide(services: &[Object], here: &[EndpointFacts], there: &[EndpointFacts]) -> Vec<Dependent> {
    let (here, there) = (ready(here), ready(there));
    let of_the_cluster = ["kube-system", "default"];
    let mut all: Vec<Dependent> = services
        .iter()
        .filter_map(|service| {
            let key = (service.namespace().unwrap_or_default(), service.name());
            let count = *there.get(&key)?;
            (!of_the_cluster.contains(&key.0)).then(|| Dependent {
                namespace: key.0.to_owned(),
                service: key.1.to_owned(),
                there: count,
                here: here.get(&key).copied().unwrap_or(0),
            })
        })
        .collect();
    all.sort_by_key(|one| one.here);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn endpoint(namespace: &str, service: &str, ready: bool) -> EndpointFacts {
        EndpointFacts {
            namespace: namespace.into(),
            service: service.into(),
            address: [10, 0, 0, 1].into(),
            ready,
        }
    }

    #[test]
    fn what_only_the_remote_serves_is_named_first() {
        let service = |namespace: &str, name: &str| {
            Object::new(json!({"apiVersion": "v1", "kind": "Service",
                               "metadata": {"name": name, "namespace": namespace}}))
            .expect("an object")
        };
        let services = [
            service("bookinfo", "reviews"),
            service("bookinfo", "details"),
            service("bookinfo", "ratings"),
            service("kube-system", "kube-dns"),
        ];
        let here = [
            endpoint("bookinfo", "reviews", true),
            endpoint("bookinfo", "details", false),
        ];
        let there = [
            endpoint("bookinfo", "reviews", true),
            endpoint("bookinfo", "details", true),
            endpoint("bookinfo", "ratings", false),
            endpoint("kube-system", "kube-dns", true),
            endpoint("bookinfo", "elsewhere", true),
        ];
        let found = decide(&services, &here, &there);
        let said: Vec<_> = found
            .iter()
            .map(|one| (one.service.as_str(), one.here, one.there))
            .collect();
        assert_eq!(said, [("details", 0, 1), ("reviews", 1, 1)]);
    }
}
