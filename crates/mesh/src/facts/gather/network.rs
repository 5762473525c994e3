//! One cluster's network and ranges, without all the rest: a few calls, for a page about the cluster.

use super::{Timeouts, ask::ClusterReader, cluster_facts::network_of, ranges};
use crate::facts::{NetworkFacts, NetworkOverride, read};
use cluster::Cluster;

/// Finds out a cluster's network and ranges; what was typed completes them. It always ends, and what it
/// could not find out says why.
pub async fn network(
    cluster: &Cluster,
    network_override: &NetworkOverride,
    timeouts: Timeouts,
) -> NetworkFacts {
    let asked = match ClusterReader::prepare(cluster, timeouts).await {
        Ok(asked) => asked,
        Err(unknown) => {
            return NetworkFacts {
                name: Err(unknown.clone()),
                pods: network_override.fill_in(Err(unknown.clone()), &network_override.pods),
                services: network_override.fill_in(Err(unknown), &network_override.services),
            };
        }
    };
    let (pods, nodes, namespaces) = tokio::join!(
        Box::pin(asked.list("v1", "Pod", None, "")),
        Box::pin(asked.list("v1", "Node", None, "")),
        Box::pin(asked.list("v1", "Namespace", None, "")),
    );
    let namespaces = namespaces.map(|all| all.iter().map(read::namespace).collect());
    let (pods, services) = tokio::join!(
        Box::pin(ranges::of_pods(&asked, &pods, &nodes, network_override)),
        Box::pin(ranges::of_services(&asked, network_override)),
    );
    NetworkFacts {
        name: namespaces
            .as_ref()
            .map(|_| network_override.named(network_of(&namespaces)))
            .map_err(Clone::clone),
        pods,
        services,
    }
}
