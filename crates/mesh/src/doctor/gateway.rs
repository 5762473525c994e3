//! Services that let other clusters in: east-west gateways, and the ILB gateway of Istio 1.0.

use crate::facts::{ClusterFacts, ServiceFacts};

/// The label with the network of a gateway, a namespace or a pod.
pub(super) const NETWORK_LABEL: &str = "topology.istio.io/network";

/// Whether a Service lets other clusters in.
pub(crate) fn is_gateway(service: &ServiceFacts) -> bool {
    let is_known = |value: Option<&String>| {
        value.is_some_and(|value| value == "eastwestgateway" || value == "ilbgateway")
    };
    is_known(service.selector.get("istio"))
        || is_known(service.labels.get("istio"))
        || service.labels.contains_key(NETWORK_LABEL)
}

/// The gateways of a cluster.
pub(super) fn gateways(cluster: &ClusterFacts) -> impl Iterator<Item = &ServiceFacts> {
    let services = cluster.services.as_deref().unwrap_or_default();
    services.iter().filter(|service| is_gateway(service))
}
