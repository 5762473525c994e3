//! The gateways for other clusters: east-west gateways, and the ILB gateway of Istio 1.0.

use crate::facts::{ClusterFacts, ServiceFacts, is_gateway};

/// The Services of a cluster that are gateways for other clusters.
pub(super) fn gateways(cluster: &ClusterFacts) -> impl Iterator<Item = &ServiceFacts> {
    let services = cluster.services.as_deref().unwrap_or_default();
    services.iter().filter(|service| is_gateway(service))
}
