//! The two identities behind a client: the operator who asks, and the console in the background.
//!
//! Both use the stored credentials of the cluster today. They are different types so that the operator's
//! client can impersonate the operator later. [`AsUser::cluster`] gives the client for the operator's
//! requests; [`AsConsole`] only serves [`Watches`](crate::Watches), so that no request of an operator runs as
//! the console by accident.

use crate::Cluster;

/// A client that acts for the operator who sends the request.
#[derive(Clone)]
pub struct AsUser(Cluster);

/// A client that acts for the console itself, in the background.
#[derive(Clone)]
pub struct AsConsole(Cluster);

impl AsUser {
    /// The identity of the operator, with a client that acts for the operator.
    pub fn new(cluster: Cluster) -> Self {
        Self(cluster)
    }

    /// The client that acts for the operator.
    pub fn cluster(&self) -> &Cluster {
        &self.0
    }
}

impl AsConsole {
    /// The client that acts for the console.
    pub fn new(cluster: Cluster) -> Self {
        Self(cluster)
    }

    pub(crate) fn cluster(&self) -> &Cluster {
        &self.0
    }
}
