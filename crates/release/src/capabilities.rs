//! What a chart may ask of the cluster it is rendered for.

use crate::Place;
use chart::{Capabilities, Facts, ReleaseFacts};
use cluster::{Cluster, Kinds};
use std::sync::Arc;

/// What a rendering stands on: the cluster's version and what it serves.
#[derive(Clone, Debug)]
pub struct Basis {
    /// The cluster's version.
    pub version: String,
    /// What it serves.
    pub kinds: Arc<Kinds>,
}

/// Asks the cluster for what a rendering needs.
///
/// # Errors
/// What the cluster met.
pub async fn basis(cluster: &Cluster) -> Result<Basis, cluster::Error> {
    let (version, kinds) = tokio::join!(cluster.version(), cluster.refresh_kinds());
    Ok(Basis {
        version: version?,
        kinds: kinds?,
    })
}

impl Basis {
    /// The facts of a first revision at `place`.
    pub fn facts(&self, place: &Place, now: jiff::Timestamp, seed: u64) -> Facts {
        self.facts_of(1, place, now, seed)
    }

    /// The facts of any revision at `place`; every one but the first is an upgrade.
    pub fn facts_of(&self, revision: u32, place: &Place, now: jiff::Timestamp, seed: u64) -> Facts {
        Facts {
            release: ReleaseFacts {
                name: place.release.to_string(),
                namespace: place.namespace.to_string(),
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
