//! The namespaces of a cluster in which there are releases, for the choice of one.

use crate::{Action, Caller, Console, Error};
use std::collections::BTreeMap;
use wire::{ClusterName, release::NamespaceRow};

impl Console {
    /// The namespaces of a cluster with their numbers of releases, by name; those that are known, where the
    /// cluster does not answer.
    ///
    /// # Errors
    /// [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn release_namespaces(
        &self,
        caller: &Caller,
        cluster: &ClusterName,
    ) -> Result<Vec<NamespaceRow>, Error> {
        self.permitted(caller, Action::Read, async {
            let connection = self.connections.get(cluster)?;
            let seen = self.listed_releases(&connection).await;
            let mut counts = BTreeMap::<_, u32>::new();
            for release in seen.value.iter().flat_map(|known| known.value.iter()) {
                let count = counts
                    .entry(release.head.key.namespace.clone())
                    .or_default();
                *count = count.saturating_add(1);
            }
            let rows = counts.into_iter();
            let rows = rows.map(|(namespace, releases)| NamespaceRow {
                namespace,
                releases,
            });
            Ok(rows.collect())
        })
        .await
    }
}
