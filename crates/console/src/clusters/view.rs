//! The view of a cluster: its facts, its role, and whether it answers.

use super::{
    CLUSTER_TIMEOUT, change,
    network::{self, memberships},
};
use crate::{
    Console, Error,
    connections::{ClusterConnection, UnusableCluster},
    last_known::{Outcome, Seen},
    listed_release::ListedRelease,
    meshes::Mesh,
};
use cluster::Facts;
use std::time::Duration;
use wire::{
    Problem, Time,
    cluster::{ClusterState, ClusterView, FactsView, NodeView, Role},
    live::Topic,
};

impl Console {
    /// The view of a cluster, and its role by its releases and the meshes of this console. Facts that are
    /// watched are read again in the background once they are of `max_age`.
    pub(super) async fn cluster_view(
        &self,
        connection: &ClusterConnection,
        meshes: &[Mesh],
        max_age: Duration,
    ) -> ClusterView {
        let (facts, releases) = tokio::join!(
            self.facts(connection, max_age),
            self.listed_releases(connection)
        );
        let role = releases.value.and_then(|known| role(&known.value));
        let state = match facts.outcome {
            Outcome::Current | Outcome::Pending(None) if facts.value.is_some() => {
                ClusterState::Ready
            }
            Outcome::Current | Outcome::Pending(None) => ClusterState::Connecting,
            Outcome::Failed(problem) | Outcome::Pending(Some(problem)) => {
                ClusterState::Unreachable(problem)
            }
        };
        ClusterView {
            name: connection.name.clone(),
            colour: connection.colour,
            server: connection.server.clone(),
            sandbox: connection.sandbox,
            role: network::role(role, &memberships(meshes, &connection.name)),
            state,
            read_at: facts
                .value
                .as_ref()
                .map(|known| Time(known.read_at.as_second())),
            facts: facts.value.map(|known| FactsView::clone(&known.value)),
        }
    }

    /// The facts of a cluster. Operators share the result, so the console reads them.
    async fn facts(&self, connection: &ClusterConnection, max_age: Duration) -> Seen<FactsView> {
        let (console, own) = (self.clone(), connection.clone());
        let work = async move {
            let read = tokio::time::timeout(CLUSTER_TIMEOUT, cluster::facts(&own.console));
            let error = match read.await {
                Ok(Ok(facts)) => {
                    // It is read again with the next facts.
                    let _ = console.read_uid(&own).await;
                    return Ok(facts_view(facts));
                }
                Ok(Err(error)) => error,
                Err(_) => cluster::Error::TimedOut {
                    cluster: own.name.clone(),
                    verb: cluster::Verb::Get,
                    object: "its version".into(),
                    after: CLUSTER_TIMEOUT,
                },
            };
            // Once, as for releases that fail.
            if !own.facts.has_failed() {
                own.releases.count_change();
            }
            Err(Problem::from(&error))
        };
        let read = self.cluster_read(connection, Topic::Clusters, work);
        let facts = &connection.facts;
        facts.read_if_changed(max_age, are_same, read).await
    }

    /// Stores the UID of a cluster that an older version of the console added.
    async fn read_uid(&self, connection: &ClusterConnection) -> Result<(), Error> {
        if self.known_uid(&connection.name).await?.is_some() {
            return Ok(());
        }
        let user = connection.user.with_timeout(CLUSTER_TIMEOUT);
        let uid = change::uid(&user).await;
        self.learn_uid(&connection.name, uid.ok().flatten()).await
    }
}

/// Whether facts differ in the time of the response at most.
fn are_same(left: &FactsView, right: &FactsView) -> bool {
    let right = FactsView {
        latency: left.latency,
        ..right.clone()
    };
    *left == right
}

/// The view of a cluster that cannot be used.
pub(super) fn unusable_view(cluster: &UnusableCluster) -> ClusterView {
    ClusterView {
        name: cluster.name.clone(),
        colour: cluster.colour,
        server: cluster.server.clone(),
        sandbox: cluster.sandbox,
        role: None,
        state: ClusterState::Unusable(Problem::from(cluster.error())),
        facts: None,
        read_at: None,
    }
}

/// The role of a cluster in a mesh, by the charts that are installed on it.
fn role(releases: &[ListedRelease]) -> Option<Role> {
    let has = |role| releases.iter().any(|release| release.role() == Some(role));
    match (has(Role::Primary), has(Role::Remote)) {
        (true, true) => Some(Role::Both),
        (true, false) => Some(Role::Primary),
        (false, true) => Some(Role::Remote),
        (false, false) => None,
    }
}

fn facts_view(facts: Facts) -> FactsView {
    let node = |node: cluster::Node| NodeView {
        name: node.name,
        ready: node.ready,
        version: node.version,
        pod_cidr: node.pod_cidr,
    };
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    FactsView {
        version: facts.version,
        node_count: number(facts.nodes.len()),
        ready_nodes: number(facts.nodes.iter().filter(|node| node.ready).count()),
        nodes: facts.nodes.into_iter().map(node).collect(),
        pod_cidrs: facts.pod_cidrs,
        service_cidrs: facts.service_cidrs,
        cpu: facts.cpu,
        memory: facts.memory,
        cpu_requested: facts.cpu_requested,
        memory_requested: facts.memory_requested,
        groups: number(facts.groups),
        unavailable_groups: facts
            .unavailable
            .iter()
            .map(|group| format!("{}: {}", group.api_version, group.reason))
            .collect(),
        latency: u32::try_from(facts.latency.as_millis()).unwrap_or(u32::MAX),
    }
}
