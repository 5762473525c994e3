//! The two identities behind a client: the operator who asks, and the console in the background.
//!
//! Both use the stored credentials of the cluster today. They are different types so that the operator's
//! client can impersonate the operator later. [`AsUser`] is used wherever a [`Cluster`] is expected;
//! [`AsConsole`] is not: it only serves [`Watches`](crate::Watches), so that nothing an operator asks for
//! runs as the console by accident.

use crate::Cluster;
use std::ops::Deref;

/// A client that acts for the operator who asked.
#[derive(Clone)]
pub struct AsUser(Cluster);

/// A client that acts for the console itself, in the background.
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

    pub(crate) fn cluster(&self) -> &Cluster {
        &self.0
    }
}

impl Deref for AsUser {
    type Target = Cluster;
    fn deref(&self) -> &Cluster {
        &self.0
    }
}
