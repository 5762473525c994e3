//! A mesh lab: two or three real clusters with nodes that run containers, in network namespaces.
//!
//! Each node is a kubelet, a kube-proxy and a containerd in namespaces of its own (network, mounts and
//! processes); the network between the nodes is in a namespace, too. Nothing of it outlives the process
//! that started it, even when that process is killed: every program is bound to it by a pipe, the
//! containers of a node end with the first process of its process namespace, and a network namespace
//! ends with its last process. Start at [`MeshLab::start`].

pub mod background;
mod cluster;
mod config;
mod container_image;
mod dns;
mod envoy;
mod faults;
mod host;
mod images;
mod leftovers;
mod network;
mod node;
mod programs;

pub use cluster::MeshCluster;
pub use config::{MeshConfig, Networks};
pub use faults::Fault;
pub use leftovers::remove as remove_leftovers;
pub use programs::{ISTIO_VERSIONS, MeshPrograms, provide as provide_programs};

use crate::Error;
use network::Network;

/// Whether suites on a mesh lab must run: as root and with Go, a skip is a failure.
pub fn required() -> bool {
    host::is_root() && crate::required()
}

/// Checks what a lab needs of the host, without starting one.
///
/// # Errors
/// [`Error::Missing`] without root or a program of the system; [`Error::RangeInUse`] when the host uses the
/// addresses of the lab; [`Error::Background`] when a lab already runs.
pub fn check(config: &MeshConfig) -> Result<(), Error> {
    host::check(config)
}

/// The running clusters of a mesh lab; they stop when this is dropped or the process ends.
#[derive(Debug)]
pub struct MeshLab {
    // Fields are dropped in this order: the clusters, then the network between them.
    clusters: Vec<MeshCluster>,
    _network: Network,
    config: MeshConfig,
}

impl MeshLab {
    /// Starts the clusters concurrently and waits until their nodes and their DNS are ready. Programs and
    /// images are built before, once.
    ///
    /// # Errors
    /// [`Error::Missing`] without root, Go or a program of the system; [`Error::RangeInUse`] when the host
    /// uses the addresses of the lab; otherwise the error of a cluster.
    pub async fn start(config: MeshConfig) -> Result<Self, Error> {
        host::check(&config)?;
        let programs = programs::provide()?;
        let images = images::provide(&programs)?;
        leftovers::claim(&config)?;
        let network = Network::create(&config)?;
        let starting = (1..=config.clusters)
            .map(|number| MeshCluster::start(&programs, &images, &config, &network, number));
        let clusters = futures::future::try_join_all(starting).await?;
        Ok(Self {
            clusters,
            _network: network,
            config,
        })
    }

    /// The clusters: `east`, `west` and, with three clusters, `north`.
    pub fn clusters(&self) -> &[MeshCluster] {
        &self.clusters
    }

    /// The configuration.
    pub fn config(&self) -> &MeshConfig {
        &self.config
    }

    /// Fails when a program of a control plane or a node has exited.
    ///
    /// # Errors
    /// [`Error::Exited`] with the end of its log.
    pub fn check_running(&mut self) -> Result<(), Error> {
        self.clusters
            .iter_mut()
            .try_for_each(MeshCluster::check_running)
    }

    /// Stops the clusters and removes what they left: their files and cgroups.
    ///
    /// # Errors
    /// [`Error::Write`] when something cannot be removed.
    pub fn stop(self) -> Result<(), Error> {
        let Self {
            clusters,
            _network: network,
            config,
        } = self;
        drop(clusters);
        drop(network);
        leftovers::remove(&config).map(|_| ())
    }

    /// One line per cluster: its API server, its nodes, its ranges and its kubeconfig.
    pub fn status(&self) -> String {
        self.clusters.iter().map(MeshCluster::status).collect()
    }
}
