//! Real API servers and their node agent for the tests: Kubernetes control planes on loopback.
//!
//! Each cluster runs etcd, kube-apiserver, kube-controller-manager and kube-scheduler as processes, and
//! an [`agent`] that simulates the kubelets of three nodes: no container runs, but everything else is
//! the real thing. Root privileges are not needed. Start at [`Lab::start`] for both clusters, at
//! [`start_cluster`] for one cluster, and at [`shared`] for the cluster that a test binary shares. A
//! [`mesh`] lab has nodes that run containers, which needs root; [`charts`] serves the charts of Istio.

mod access;
mod agent;
pub mod background;
mod ca;
pub mod charts;
mod cluster;
mod command;
mod config;
mod control_plane;
mod daemon;
mod digest;
mod error;
mod go;
pub mod mesh;
mod ports;
mod process;
mod programs;
mod shared;

pub use cluster::RealCluster;
pub use config::ClusterConfig;
pub use error::Error;
pub use programs::{Programs, VERSION, find as find_programs, required};
pub use shared::{shared, skip};

/// Both clusters of the mesh.
#[derive(Debug)]
pub struct Lab {
    control_plane: RealCluster,
    remote: RealCluster,
}

impl Lab {
    /// Starts both clusters concurrently; they stop when this is dropped or the process ends.
    ///
    /// # Errors
    /// [`Error::Missing`] when the programs are not available; otherwise the error of a cluster.
    pub async fn start() -> Result<Self, Error> {
        let programs = programs::find()?;
        let (control_plane, remote) = tokio::join!(
            RealCluster::start(&programs, ClusterConfig::control_plane()),
            RealCluster::start(&programs, ClusterConfig::remote()),
        );
        Ok(Self {
            control_plane: control_plane?,
            remote: remote?,
        })
    }

    /// `istio-control-plane`: the cluster that runs the control plane of the mesh.
    pub fn control_plane(&self) -> &RealCluster {
        &self.control_plane
    }

    /// `istio-remote1`: the cluster that joins the mesh.
    pub fn remote(&self) -> &RealCluster {
        &self.remote
    }
}

/// Starts one cluster of this name, with the network ranges of the control plane's cluster.
///
/// # Errors
/// The errors of [`Lab::start`].
pub async fn start_cluster(name: &str) -> Result<RealCluster, Error> {
    let programs = programs::find()?;
    RealCluster::start(&programs, ClusterConfig::control_plane().with_name(name)).await
}
