//! The gateways for other clusters: east-west gateways, and the ILB gateway of Istio 1.0.

pub(super) use crate::facts::is_gateway as lets_in;
pub(super) use crate::istio::NETWORK_LABEL as NETWORK;

use crate::facts::{ClusterFacts, ServiceFacts};

/// The Services of a cluster that are gateways for other clusters.
pub(super) fn of(cluster: &ClusterFacts) -> impl Iterator<Item = &ServiceFacts> {
    let services = cluster.services.as_deref().unwrap_or_default();
    services.iter().filter(|service| lets_in(service))
}
