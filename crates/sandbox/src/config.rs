//! The configuration of a sandbox cluster: name, address ranges, nodes, timing and extensions.
//!
//! A configuration is plain data. Start at [`ClusterConfig`].

use std::net::IpAddr;
use std::time::Duration;

use ipnet::Ipv4Net;
use jiff::Timestamp;

use crate::extension::Extension;

/// The configuration of a sandbox cluster.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// The name of the cluster, which is also the prefix of its node names.
    pub name: String,
    /// The address range of pods.
    pub pod_cidr: Ipv4Net,
    /// The address range of Services.
    pub service_cidr: Ipv4Net,
    /// The number of nodes, each with 8 CPUs, 32 GiB of memory and room for 110 pods.
    pub nodes: u8,
    /// The version that the API server reports, such as `v1.36.3`.
    pub version: String,
    /// The `N` of the addresses `10.20.N.M` that load balancers get.
    pub load_balancer_subnet: u8,
    /// The delays of the controllers.
    pub timing: Timing,
    /// The time of all timestamps and ages; that of the system by default.
    pub clock: fn() -> Timestamp,
    /// Additional programs, admission plugins and controllers.
    pub extensions: Vec<Extension>,
}

/// The delays of the simulated controllers.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The time between a change and the next run of the controllers.
    pub sync_delay: Duration,
    /// The time until a container runs, or until the pull of its image fails.
    pub container_start: Duration,
    /// The time that a pod of a Job runs.
    pub job_duration: Duration,
    /// The time between the deletion of a pod and its end.
    pub pod_termination: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            sync_delay: Duration::from_millis(10),
            container_start: Duration::from_millis(200),
            job_duration: Duration::from_millis(300),
            pod_termination: Duration::from_millis(100),
        }
    }
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            name: "sandbox".to_owned(),
            pod_cidr: Ipv4Net::new_assert([172, 24, 0, 0].into(), 16),
            service_cidr: Ipv4Net::new_assert([172, 25, 0, 0].into(), 20),
            nodes: 3,
            version: "v1.36.3".to_owned(),
            load_balancer_subnet: 0,
            timing: Timing::default(),
            clock: Timestamp::now,
            extensions: Vec::new(),
        }
    }
}

impl ClusterConfig {
    /// Adds programs, admission plugins and controllers.
    #[must_use]
    pub fn with_extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Whether an address belongs to the pods, Services or load balancers of the cluster.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let IpAddr::V4(address) = address else {
            return false;
        };
        let load_balancers = Ipv4Net::new_assert([10, 20, self.load_balancer_subnet, 0].into(), 24);
        [&self.pod_cidr, &self.service_cidr, &load_balancers]
            .iter()
            .any(|range| range.contains(&address))
    }
}
