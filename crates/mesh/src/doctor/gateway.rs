//! Which Services let other clusters in: east-west gateways, and the old line's ILB gateway.

use crate::facts::{ClusterFacts, ServiceFacts};

/// The label that names the network of a gateway, a namespace or a pod.
pub(super) const NETWORK: &str = "topology.istio.io/network";

/// Whether a Service lets other clusters in.
pub(crate) fn lets_in(service: &ServiceFacts) -> bool {
    let known = |value: Option<&String>| {
        value.is_some_and(|value| value == "eastwestgateway" || value == "ilbgateway")
    };
    known(service.selector.get("istio"))
        || known(service.labels.get("istio"))
        || service.labels.contains_key(NETWORK)
}

/// The Services of a cluster that let others in.
pub(super) fn of(cluster: &ClusterFacts) -> impl Iterator<Item = &ServiceFacts> {
    let services = cluster.services.as_deref().unwrap_or_default();
    services.iter().filter(|service| lets_in(service))
}
