//! Who acts: a client for the person who asks, and one for the console's own background work.
//!
//! Both hold the cluster's stored credential today; they are different types already, so that
//! impersonation can come without a search for places that mixed them up.

use crate::Cluster;
use std::ops::Deref;

/// Acts for the person who asked.
#[derive(Clone)]
pub struct AsUser(Cluster);

/// Acts for the console itself, in the background.
#[derive(Clone)]
pub struct AsConsole(Cluster);

impl AsUser {
    /// The client that acts for the operator.
    pub fn new(cluster: Cluster) -> Self {
        Self(cluster)
    }
}

impl AsConsole {
    /// The client that acts for the console.
    pub fn new(cluster: Cluster) -> Self {
        Self(cluster)
    }
}

impl Deref for AsUser {
    type Target = Cluster;
    fn deref(&self) -> &Cluster {
        &self.0
    }
}

impl Deref for AsConsole {
    type Target = Cluster;
    fn deref(&self) -> &Cluster {
        &self.0
    }
}
