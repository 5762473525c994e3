//! The network and ranges of one cluster alone: a few calls, for the page of the cluster.

use super::{Timeouts, cluster::network_of, lists::each, ranges, read, reader::ClusterReader};
use crate::facts::{NetworkFacts, NetworkOverride};
use cluster::{Identity, Kind};

/// Reads the network and ranges of a cluster; the override fills in what the cluster does not show. It
/// always ends; a fact that could not be read has its reason.
pub async fn network(
    identity: &dyn Identity,
    network_override: &NetworkOverride,
    timeouts: Timeouts,
) -> NetworkFacts {
    let reader = match ClusterReader::prepare(identity.cluster(), timeouts, None).await {
        Ok(reader) => reader,
        Err(unknown) => {
            return NetworkFacts {
                name: Err(unknown.clone()),
                pods: network_override.fill_in(Err(unknown.clone()), &network_override.pods),
                services: network_override.fill_in(Err(unknown), &network_override.services),
            };
        }
    };
    let (pods, nodes, namespaces) = tokio::join!(
        reader.list_objects(Kind::POD, None, ""),
        reader.list_objects(Kind::NODE, None, ""),
        reader.list_objects(Kind::NAMESPACE, None, ""),
    );
    let namespaces = each(&namespaces, read::namespace);
    let (pods, services) = tokio::join!(
        ranges::pod_ranges(&reader, &pods, &nodes, network_override),
        ranges::service_ranges(&reader, network_override),
    );
    NetworkFacts {
        name: namespaces
            .as_ref()
            .map(|_| network_override.network_or_typed(network_of(&namespaces)))
            .map_err(Clone::clone),
        pods,
        services,
    }
}
