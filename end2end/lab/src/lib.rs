//! Real API servers and their node agent, for the tests: control planes of Kubernetes on loopback.
//!
//! Each cluster is etcd, kube-apiserver, kube-controller-manager and kube-scheduler as programs, and an
//! [`agent`] that stands in for the kubelets of three nodes: nothing runs in a pod, yet everything else
//! is what operators have. No root is needed. Start at [`Lab::start`] for both clusters, at [`one`] for
//! a single one and at [`shared`] for the one that a whole test binary uses.

mod access;
mod agent;
mod ca;
pub mod background;
mod cluster;
mod config;
mod control_plane;
mod error;

mod ports;
mod process;
mod programs;

mod shared;

pub use cluster::RealCluster;
pub use error::Error;
pub use programs::{Programs, VERSION, find as programs, required};
pub use config::Shape;
pub use shared::{shared, skip};

/// Both clusters of the mesh.
#[derive(Debug)]
pub struct Lab {
    control_plane: RealCluster,
    remote: RealCluster,
}

impl Lab {
    /// Starts both clusters at the same time; they end with this value, or with our process.
    ///
    /// # Errors
    /// [`Error::Missing`] when there are no programs here; else what starting a cluster met.
    pub async fn start() -> Result<Self, Error> {
        let programs = programs::find()?;
        let (control_plane, remote) = tokio::join!(
            RealCluster::start(&programs, Shape::control_plane()),
            RealCluster::start(&programs, Shape::remote()),
        );
        Ok(Self {
            control_plane: control_plane?,
            remote: remote?,
        })
    }

    /// `istio-control-plane`: the cluster that the mesh's control plane is installed in.
    pub fn control_plane(&self) -> &RealCluster {
        &self.control_plane
    }

    /// `istio-remote1`: the cluster that joins the mesh.
    pub fn remote(&self) -> &RealCluster {
        &self.remote
    }
}

/// Starts a single cluster of this name, on the networks of the control plane's.
///
/// # Errors
/// As [`Lab::start`].
pub async fn one(name: &str) -> Result<RealCluster, Error> {
    let programs = programs::find()?;
    RealCluster::start(&programs, Shape::control_plane().named(name)).await
}
