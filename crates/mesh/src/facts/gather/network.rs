//! One cluster's network and ranges, without all the rest: a few calls, for a page about the cluster.

use super::{Bounds, ask::Asked, cluster_facts::network_of, ranges};
use crate::facts::{NetworkFacts, Told, read};
use cluster::Cluster;

/// Finds out a cluster's network and ranges; what was typed completes them. It always ends, and what it
/// could not find out says why.
pub async fn network(cluster: &Cluster, told: &Told, bounds: Bounds) -> NetworkFacts {
    let asked = match Asked::prepare(cluster, bounds).await {
        Ok(asked) => asked,
        Err(unknown) => {
            return NetworkFacts {
                name: Err(unknown.clone()),
                pods: told.completes(Err(unknown.clone()), &told.pods),
                services: told.completes(Err(unknown), &told.services),
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
        Box::pin(ranges::of_pods(&asked, &pods, &nodes, told)),
        Box::pin(ranges::of_services(&asked, told)),
    );
    NetworkFacts {
        name: namespaces
            .as_ref()
            .map(|_| told.named(network_of(&namespaces)))
            .map_err(Clone::clone),
        pods,
        services,
    }
}
