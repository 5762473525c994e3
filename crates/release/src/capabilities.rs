//! The capabilities of a cluster, as templates see them.

use crate::ReleaseKey;
use chart::{Capabilities, Facts, HelmVersion, Lookup, ReleaseFacts, Seed};
use cluster::{AsUser, Kinds};
use std::sync::Arc;

/// The version of a cluster and the kinds that it serves.
#[derive(Clone, Debug)]
pub struct ClusterCapabilities {
    /// The cluster's version.
    pub version: String,
    /// The kinds that it serves.
    pub kinds: Arc<Kinds>,
}

/// Reads the capabilities of a cluster.
///
/// # Errors
/// The error of the cluster.
pub async fn cluster_capabilities(user: &AsUser) -> Result<ClusterCapabilities, cluster::Error> {
    let (version, kinds) = tokio::join!(user.version(), user.current_kinds());
    Ok(ClusterCapabilities {
        version: version?,
        kinds: kinds?,
    })
}

impl ClusterCapabilities {
    /// The facts of the first revision of `key`.
    pub fn facts(&self, key: &ReleaseKey, now: jiff::Timestamp, seed: Seed) -> Facts {
        self.facts_for_revision(1, key, now, seed)
    }

    /// The facts of a revision of `key`; every one but the first is an upgrade.
    pub fn facts_for_revision(
        &self,
        revision: u32,
        key: &ReleaseKey,
        now: jiff::Timestamp,
        seed: Seed,
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
            lookup: Lookup::none(),
            helm: HelmVersion::V3,
        }
    }
}
