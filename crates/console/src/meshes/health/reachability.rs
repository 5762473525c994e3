//! Asks the API servers of the members for their version: one that stops answering, or answers again, is found before
//! the next complete checks. Start at [`Reachability::changed`].

use crate::{Console, meshes::Mesh};
use cluster::Identity as _;
use futures::future::join_all;
use std::{collections::BTreeSet, time::Duration};
use wire::ClusterName;

/// How long an API server may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// The members whose API servers did not answer the last time.
#[derive(Default)]
pub(super) struct Reachability(BTreeSet<ClusterName>);

impl Reachability {
    /// Asks again and again, after the interval of the setup, until other members answer than before.
    pub(super) async fn changed(&mut self, console: &Console, mesh: &Mesh) {
        loop {
            tokio::time::sleep(console.setup.reachability_interval).await;
            let silent = console.silent_members(mesh).await;
            if silent != self.0 {
                self.0 = silent;
                return;
            }
        }
    }
}

impl Console {
    /// The members whose API servers do not answer, whatever they answer. A cluster that was removed from the console
    /// is none.
    async fn silent_members(&self, mesh: &Mesh) -> BTreeSet<ClusterName> {
        let members = mesh.clusters().into_iter();
        let asked = members.map(async |name| {
            let connection = self.connections.get(&name).ok()?;
            let answer =
                tokio::time::timeout(ANSWER_TIMEOUT, connection.console.cluster().version()).await;
            let is_silent = match answer {
                Ok(Ok(_)) => false,
                Ok(Err(error)) => error.is_unreachable(),
                Err(_) => true,
            };
            is_silent.then_some(name)
        });
        join_all(asked).await.into_iter().flatten().collect()
    }
}
