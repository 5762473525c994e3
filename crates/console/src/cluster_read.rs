//! The reads of a cluster that pages share: they end with its connection, and a limit of all clusters applies.

use crate::{Console, connections::ClusterConnection, last_known::Read};
use futures::FutureExt as _;
use wire::{Problem, live::Topic};

impl Console {
    /// A read of a cluster; pages of the topic are notified of an outcome that they have not waited for.
    pub(crate) fn cluster_read<T>(
        &self,
        connection: &ClusterConnection,
        topic: Topic,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Read<T> {
        let changes = self.changes.clone();
        Read {
            stop: connection.stop.clone(),
            clock: self.setup.clock,
            limit: Some(self.connections.reads.clone()),
            changed: Box::new(move || changes.count(&[topic])),
            work: work.boxed(),
        }
    }
}
