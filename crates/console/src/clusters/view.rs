//! The view of a cluster: its facts, its role, and whether it answers.

use super::{CLUSTER_TIMEOUT, change, network};
use crate::{
    Console, Error,
    connections::{ClusterConnection, UnusableCluster},
    last_known::{Outcome, Seen},
    listed_release::ListedRelease,
};
use cluster::Facts;
use wire::{
    Problem, Time,
    cluster::{ClusterState, ClusterView, FactsView, NodeView, Role},
    live::Topic,
};

impl Console {
    /// The view of a cluster, and its role by its releases and its meshes.
    pub(super) async fn cluster_view(
        &self,
        connection: &ClusterConnection,
    ) -> Result<ClusterView, Error> {
        let (facts, releases) =
            tokio::join!(self.facts(connection), self.listed_releases(connection));
        if facts.outcome == Outcome::Current {
            self.read_uid(connection).await?;
        }
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
        Ok(ClusterView {
            name: connection.name.clone(),
            colour: connection.colour,
            server: connection.server.clone(),
            sandbox: connection.sandbox,
            role: network::role(role, &self.parts(&connection.name).await?),
            state,
            read_at: facts
                .value
                .as_ref()
                .map(|known| Time(known.read_at.as_second())),
            facts: facts.value.map(|known| FactsView::clone(&known.value)),
        })
    }

    /// The facts of a cluster. Operators share the result, so the console reads them.
    async fn facts(&self, connection: &ClusterConnection) -> Seen<FactsView> {
        let identity = connection.console.clone();
        let name = connection.name.clone();
        let work = async move {
            let read = tokio::time::timeout(CLUSTER_TIMEOUT, cluster::facts(&identity));
            match read.await {
                Ok(Ok(facts)) => Ok(facts_view(facts)),
                Ok(Err(error)) => Err(Problem::from(&error)),
                Err(_) => Err(Problem::from(&cluster::Error::TimedOut {
                    cluster: name,
                    verb: cluster::Verb::Get,
                    object: "its version".into(),
                    after: CLUSTER_TIMEOUT,
                })),
            }
        };
        let changes = self.changes.clone();
        let changed = move || changes.count(&[Topic::Clusters]);
        let (stop, clock) = (&connection.stop, self.setup.clock);
        connection.facts.read(stop, clock, changed, work).await
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
    let has = |role| releases.iter().any(|release| release.role == Some(role));
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
    FactsView {
        version: facts.version,
        nodes: facts.nodes.into_iter().map(node).collect(),
        pod_cidrs: facts.pod_cidrs,
        service_cidrs: facts.service_cidrs,
        cpu: facts.cpu,
        memory: facts.memory,
        cpu_requested: facts.cpu_requested,
        memory_requested: facts.memory_requested,
        groups: u32::try_from(facts.groups).unwrap_or(u32::MAX),
        unavailable_groups: facts
            .unavailable
            .iter()
            .map(|group| format!("{}: {}", group.api_version, group.reason))
            .collect(),
        latency: u32::try_from(facts.latency.as_millis()).unwrap_or(u32::MAX),
    }
}
