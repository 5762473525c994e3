//! The networks of a join's two clusters: the labels of their namespaces, else the operator's overrides.
//!
//! An existing label of a namespace is never changed. Networks exist for istiod only: Istio 1.0 has a
//! single network.

use super::ISTIO_NAMESPACE;
use crate::{
    connections::{ClusterConnection, RunAs},
    jobs::MemberConnections,
};
use ::mesh::{facts::IstioGeneration, join};
use wire::mesh::{JoinNetwork, JoinNetworks};

/// The networks that a join writes, the primary's first: overrides, where the namespace has no label.
pub(super) async fn typed(connections: &MemberConnections, run_as: RunAs) -> [Option<String>; 2] {
    let (primary, remote) = tokio::join!(
        of(&connections.primary, run_as),
        of(&connections.remote, run_as)
    );
    [primary, remote].map(|network| {
        let JoinNetwork { name, labelled, .. } = network;
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
    let (primary, remote) = tokio::join!(
        of(&connections.primary, RunAs::Operator),
        of(&connections.remote, RunAs::Operator)
    );
    JoinNetworks::Named(vec![primary, remote])
}

async fn of(connection: &ClusterConnection, run_as: RunAs) -> JoinNetwork {
    let label = join::network(connection.identity(run_as), ISTIO_NAMESPACE).await;
    // An unreadable label counts as missing; the plan reports the reason.
    let label = label.ok().flatten();
    JoinNetwork {
        cluster: connection.name.clone(),
        labelled: label.is_some(),
        name: label.unwrap_or_else(|| connection.network_override.network.clone()),
    }
}
