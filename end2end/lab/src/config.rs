//! The configuration of a cluster: its name and its network ranges.

use ipnet::Ipv4Net;
use std::net::{IpAddr, Ipv4Addr};

/// The configuration of a cluster.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// The name, which is also the prefix of node names.
    pub name: String,
    /// The pod CIDR, of which each node gets a part.
    pub pods: Ipv4Net,
    /// The Service CIDR.
    pub services: Ipv4Net,
    /// The `N` in `10.30.N.M`, the addresses of load balancers.
    pub number: u8,
    /// The number of nodes.
    pub nodes: u8,
}

impl ClusterConfig {
    /// The cluster that runs the control plane of the mesh.
    pub fn control_plane() -> Self {
        Self {
            name: "istio-control-plane".into(),
            pods: Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 16),
            services: Ipv4Net::new_assert(Ipv4Addr::new(172, 19, 0, 0), 20),
            number: 1,
            nodes: 3,
        }
    }

    /// The cluster that joins the mesh.
    pub fn remote() -> Self {
        Self {
            name: "istio-remote1".into(),
            pods: Ipv4Net::new_assert(Ipv4Addr::new(172, 20, 0, 0), 16),
            services: Ipv4Net::new_assert(Ipv4Addr::new(172, 21, 0, 0), 20),
            number: 2,
            nodes: 3,
        }
    }

    /// The same configuration with another name.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The name of a node; nodes are numbered from 1.
    pub fn node(&self, number: u8) -> String {
        format!("{}-node-{number}", self.name)
    }

    /// The cluster IP of the Service `kubernetes`.
    pub(crate) fn first_service(&self) -> IpAddr {
        self.service(1)
    }

    /// The cluster IP of the Service `kube-dns`.
    pub(crate) fn dns_service(&self) -> IpAddr {
        self.service(10)
    }

    fn service(&self, number: usize) -> IpAddr {
        let address = self.services.hosts().nth(number - 1);
        address.unwrap_or(Ipv4Addr::LOCALHOST).into()
    }

    /// The addresses of load balancers where no load balancer runs.
    pub(crate) fn balancers(&self) -> Ipv4Net {
        Ipv4Net::new_assert(Ipv4Addr::new(10, 30, self.number, 0), 24)
    }
}
