//! The list of clusters, in windows of rows.
//!
//! All clusters are searched and sorted by what is known of them; those of the window are read. Start at
//! [`Console::cluster_list`].

use super::MAX_AGE;
use crate::{
    Action, Caller, Console, Error,
    window::{SearchText, rank, window},
};
use std::{cmp::Ordering, time::Duration};
use wire::cluster::{
    ClusterListView, ClusterSort, ClusterState, ClusterView, ClustersRequest, FactsView,
};

/// The same for a cluster outside the window.
const MAX_AGE_OUTSIDE: Duration = Duration::from_mins(2);

impl Console {
    /// A window of the clusters, by name where they are equal.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn cluster_list(
        &self,
        caller: &Caller,
        request: &ClustersRequest,
    ) -> Result<ClusterListView, Error> {
        self.permitted(caller, Action::Read, async {
            let (connections, meshes) = (self.connections.all(), self.stored_meshes().await?);
            let mut rows = self
                .all_clusters(&connections, &meshes, MAX_AGE_OUTSIDE)
                .await;
            rows.sort_by(|left, right| left.name.cmp(&right.name));
            let state = |cluster: &ClusterView| cluster.state.name();
            let mut list = window(rows, request, text, state, compare);
            let shown = list.rows.iter_mut().map(async |row| {
                let mut connections = connections.iter();
                let own = connections.find(|connection| connection.name == row.name);
                if let Some(connection) = own.filter(|_| row.state == ClusterState::Ready) {
                    *row = self.cluster_view(connection, &meshes, MAX_AGE).await;
                }
            });
            futures::future::join_all(shown).await;
            for row in &mut list.rows {
                row.facts = row.facts.as_ref().map(FactsView::summary);
            }
            Ok(list)
        })
        .await
    }
}

/// The texts of a row that a search matches.
fn text(cluster: &ClusterView) -> SearchText {
    let version = cluster.facts.as_ref().map(|facts| facts.version.as_str());
    let version = version.unwrap_or_default();
    let text = format!("{} {} {version}", cluster.name, cluster.server);
    SearchText::new(&text).with("cluster", &cluster.name)
}

fn compare(sort: ClusterSort, left: &ClusterView, right: &ClusterView) -> Ordering {
    let facts = |cluster: &ClusterView| {
        let facts = cluster.facts.as_ref();
        facts.map(|facts| (facts.version.clone(), facts.node_count, facts.latency))
    };
    let (left_facts, right_facts) = (facts(left), facts(right));
    match sort {
        ClusterSort::Name => left.name.cmp(&right.name),
        ClusterSort::State => rank(left.state.name()).cmp(&rank(right.state.name())),
        ClusterSort::Version => {
            let version = |facts: Option<(String, u32, u32)>| facts.map(|facts| facts.0);
            version(left_facts).cmp(&version(right_facts))
        }
        ClusterSort::Nodes => left_facts
            .map(|facts| facts.1)
            .cmp(&right_facts.map(|facts| facts.1)),
        ClusterSort::Latency => left_facts
            .map(|facts| facts.2)
            .cmp(&right_facts.map(|facts| facts.2)),
    }
}
