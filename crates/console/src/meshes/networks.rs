//! The networks of a join's two clusters: what their namespaces say, else what a person typed.
//!
//! A name that stands on a namespace already is never changed from here. Today's line only: the old line
//! knows one network.

use super::ISTIO_NAMESPACE;
use crate::{connections::ClusterConnection, jobs::MemberConnections};
use ::mesh::{facts::IstioGeneration, join};
use wire::mesh::{JoinNetwork, JoinNetworks};

/// The networks that a join writes, the primary's first: typed ones, where the namespace says none.
pub(super) async fn typed(connections: &MemberConnections) -> [Option<String>; 2] {
    let (primary, remote) = tokio::join!(of(&connections.primary), of(&connections.remote));
    [primary, remote].map(|one| {
        let JoinNetwork { name, labelled, .. } = one;
        Some(name).filter(|name| !labelled && !name.is_empty())
    })
}

/// The networks as the step shows them.
pub(super) async fn view(
    connections: &MemberConnections,
    generation: IstioGeneration,
) -> JoinNetworks {
    if generation == IstioGeneration::Mixer {
        return JoinNetworks::OneOnly;
    }
    let (primary, remote) = tokio::join!(of(&connections.primary), of(&connections.remote));
    JoinNetworks::Named(vec![primary, remote])
}

async fn of(connection: &ClusterConnection) -> JoinNetwork {
    let label = join::network(&connection.user, ISTIO_NAMESPACE).await;
    // What cannot be read is planned as nothing, and the plan itself says why.
    let label = label.ok().flatten();
    JoinNetwork {
        cluster: connection.name.clone(),
        labelled: label.is_some(),
        name: label.unwrap_or_else(|| connection.network_override.network.clone()),
    }
}
