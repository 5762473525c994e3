//! What a chart may ask of the cluster it is rendered for.

use crate::ReleaseKey;
use chart::{Capabilities, Facts, ReleaseFacts};
use cluster::{Cluster, Kinds};
use std::sync::Arc;

/// What a rendering stands on: the cluster's version and what it serves.
#[derive(Clone, Debug)]
pub struct ClusterCapabilities {
    /// The cluster's version.
    pub version: String,
    /// What it serves.
    pub kinds: Arc<Kinds>,
}

/// Asks the cluster for what a rendering needs.
///
/// # Errors
/// What the cluster met.
pub async fn cluster_capabilities(
    cluster: &Cluster,
) -> Result<ClusterCapabilities, cluster::Error> {
    let (version, kinds) = tokio::join!(cluster.version(), cluster.refresh_kinds());
    Ok(ClusterCapabilities {
        version: version?,
        kinds: kinds?,
    })
}

impl ClusterCapabilities {
    /// The facts of a first revision at `key`.
    pub fn facts(&self, key: &ReleaseKey, now: jiff::Timestamp, seed: u64) -> Facts {
        self.facts_for_revision(1, key, now, seed)
    }

    /// The facts of any revision at `key`; every one but the first is an upgrade.
    pub fn facts_for_revision(
        &self,
        revision: u32,
        key: &ReleaseKey,
        now: jiff::Timestamp,
        seed: u64,
    ) -> Facts {
        Facts {
            release: ReleaseFacts {
                name: key.release.to_string(),
                namespace: key.namespace.to_string(),
                revision,
                upgrade: revision > 1,
            },
            capabilities: Capabilities {
                kube_version: self.version.clone(),
                api_versions: self.kinds.api_versions(),
            },
            now,
            seed,
        }
    }
}
