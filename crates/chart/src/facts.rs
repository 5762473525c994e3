//! The facts of a rendering: the release, the cluster, the time and the seed.
//!
//! Start at [`Facts`].
mod default_capabilities;
mod lookup;
mod seed;

use std::collections::BTreeSet;

use wire::HelmVersion;

pub use default_capabilities::InvalidKubeVersion;
pub use lookup::{Lookup, LookupError, LookupRequest};
pub use seed::Seed;

/// The inputs of a template besides the chart and the values.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The release.
    pub release: ReleaseFacts,
    /// The capabilities of the cluster.
    pub capabilities: Capabilities,
    /// The current time.
    pub now: jiff::Timestamp,
    /// The seed of random functions: the same seed gives the same passwords.
    pub seed: Seed,
    /// The objects that `lookup` finds.
    pub lookup: Lookup,
    /// The version of Helm that the rendering follows.
    pub helm: HelmVersion,
}

/// The release, as templates see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseFacts {
    /// The name.
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// The revision number, from 1.
    pub revision: u32,
    /// Whether this is an upgrade instead of an installation.
    pub upgrade: bool,
}

/// The capabilities of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of the API server, such as `v1.36.3`.
    pub kube_version: String,
    /// The API versions and kinds that the cluster serves, as `apps/v1` and `apps/v1/Deployment`.
    pub api_versions: BTreeSet<String>,
}
