//! Facts about endpoint shards: the endpoints that one istiod has registered, and how they compare with those
//! that a remote has ready.

use super::Fact;
use jiff::Timestamp;
use std::{net::IpAddr, net::SocketAddr, sync::Arc, time::Instant};
use wire::{ClusterId, ClusterName};

/// An endpoint in a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardEndpoint {
    /// The ID of its cluster.
    pub cluster: Arc<str>,
    /// Whether it comes from Kubernetes, and not from a ServiceEntry or another registry.
    pub from_kubernetes: bool,
    /// Its address and port.
    pub address: SocketAddr,
    /// Whether istiod considers it healthy.
    pub healthy: bool,
}

/// The endpoints of one host, of all clusters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardedService {
    /// The host name, `details.bookinfo.svc.cluster.local`.
    pub host: String,
    /// The namespace.
    pub namespace: String,
    /// The endpoints.
    pub endpoints: Vec<ShardEndpoint>,
}

/// The response to `/debug/endpointShardz`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointShards {
    /// The hosts in the order of the response, which is that of their names.
    pub services: Vec<ShardedService>,
    /// Whether the response was read to its end. When not, the hosts after the last one are unknown.
    pub complete: bool,
}

/// A response to `/debug/endpointShardz`, which several inspections may share.
#[derive(Clone, Debug)]
pub struct ShardRead {
    /// The endpoints.
    pub shards: Arc<EndpointShards>,
    /// When they were read.
    pub at: Instant,
}

/// An endpoint that is in one of both lists only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The address and the port.
    pub address: SocketAddr,
    /// The first reading that found the difference; all readings since then found it too.
    pub since: Timestamp,
}

/// One Service of a remote: the endpoints that the remote has ready, and those that one istiod has registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEndpoints {
    /// The namespace.
    pub namespace: String,
    /// The Service.
    pub name: String,
    /// The ready addresses in the EndpointSlices of the remote.
    pub ready: usize,
    /// The healthy addresses that istiod has registered for the remote.
    pub registered: usize,
    /// The ready endpoints that istiod has not registered.
    pub missing: Vec<Difference>,
    /// The registered endpoints that are not ready in the remote.
    pub stale: Vec<Difference>,
    /// Whether the endpoints were compared; the response of istiod ended before the Service otherwise.
    pub compared: bool,
}

/// The comparison of one remote with one istiod.
#[derive(Clone, Debug)]
pub struct EndpointReport {
    /// The cluster of the istiod.
    pub primary: ClusterName,
    /// The pod of the istiod.
    pub pod: String,
    /// The remote.
    pub remote: ClusterName,
    /// The ID of the remote in the mesh.
    pub id: ClusterId,
    /// When the endpoints were compared.
    pub at: Timestamp,
    /// When istiod was asked; the reports of one response have the same time.
    pub read: Option<Instant>,
    /// The Services with endpoints in either list.
    pub services: Fact<Vec<ServiceEndpoints>>,
}

/// How many seconds an endpoint may be missing before that is a finding.
const MISSING_AFTER_SECONDS: i64 = 15;
/// How many seconds an endpoint may be registered after it was ready before that is a finding.
const STALE_AFTER_SECONDS: i64 = 60;

impl EndpointReport {
    /// The endpoints of a Service that have been missing in two readings, for longer than a control plane
    /// takes to register them.
    pub fn confirmed_missing<'a>(
        &self,
        service: &'a ServiceEndpoints,
    ) -> impl Iterator<Item = SocketAddr> + 'a {
        confirmed(&service.missing, self.at, MISSING_AFTER_SECONDS)
    }

    /// The endpoints of a Service that istiod kept although they have not been ready for a minute.
    pub fn confirmed_stale<'a>(
        &self,
        service: &'a ServiceEndpoints,
    ) -> impl Iterator<Item = SocketAddr> + 'a {
        confirmed(&service.stale, self.at, STALE_AFTER_SECONDS)
    }

    /// The number of differences that another reading has to confirm.
    pub fn unconfirmed(&self) -> usize {
        let services = self.services.as_deref().unwrap_or_default().iter();
        let unconfirmed = services.map(|service| {
            let missing = service.missing.len() - self.confirmed_missing(service).count();
            missing + service.stale.len() - self.confirmed_stale(service).count()
        });
        unconfirmed.sum()
    }

    /// The ready addresses of the remote and those that istiod has registered, over all Services.
    ///
    /// # Errors
    /// [`Unknown`](super::Unknown) when the endpoints were not compared.
    pub fn totals(&self) -> Fact<EndpointTotals> {
        let services = self.services.as_ref().map_err(Clone::clone)?;
        Ok(EndpointTotals {
            ready: services.iter().map(|service| service.ready).sum(),
            registered: services.iter().map(|service| service.registered).sum(),
            missing: services.iter().map(|service| service.missing.len()).sum(),
        })
    }
}

/// The endpoints of a remote at one istiod, over all Services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointTotals {
    /// The ready addresses of the remote.
    pub ready: usize,
    /// The addresses that istiod has registered.
    pub registered: usize,
    /// The ready endpoints, by port, that istiod has not registered.
    pub missing: usize,
}

fn confirmed(
    differences: &[Difference],
    at: Timestamp,
    seconds: i64,
) -> impl Iterator<Item = SocketAddr> + '_ {
    let differences = differences.iter();
    differences
        .filter(move |difference| at.as_second() - difference.since.as_second() >= seconds)
        .map(|difference| difference.address)
}

impl EndpointShards {
    /// Each host with the addresses of its endpoints, each once.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = (&ShardedService, Vec<(&str, IpAddr)>)> {
        self.services.iter().map(|service| {
            let mut found: Vec<(&str, IpAddr)> = (service.endpoints.iter())
                .map(|endpoint| (&*endpoint.cluster, endpoint.address.ip()))
                .collect();
            found.sort_unstable();
            found.dedup();
            (service, found)
        })
    }
}
