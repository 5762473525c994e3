//! What a cluster looks like: its name and its networks.

use ipnet::Ipv4Net;
use std::net::{IpAddr, Ipv4Addr};

/// What a cluster looks like.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Its name; nodes are called after it.
    pub name: String,
    /// The range that nodes get their parts of.
    pub pods: Ipv4Net,
    /// The range of Services.
    pub services: Ipv4Net,
    /// The `N` in `10.30.N.M`, the addresses of load balancers.
    pub number: u8,
    /// How many nodes there are.
    pub nodes: u8,
}

impl Shape {
    /// The cluster that the mesh's control plane is installed in.
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

    /// The same networks under another name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The name of a node, counted from 1.
    pub fn node(&self, number: u8) -> String {
        format!("{}-node-{number}", self.name)
    }

    /// The address of the Service `kubernetes`.
    pub(crate) fn first_service(&self) -> IpAddr {
        let first = self.services.hosts().next();
        first.unwrap_or(Ipv4Addr::LOCALHOST).into()
    }
}
