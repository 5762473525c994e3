//! What a sandbox cluster looks like: its name, networks, nodes and pace.
//!
//! A shape is plain data. Start at [`Shape`].

use std::net::IpAddr;
use std::time::Duration;

use ipnet::Ipv4Net;

/// What a sandbox cluster looks like.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The cluster's name; nodes are called after it.
    pub name: String,
    /// The range pods take their addresses from.
    pub pod_cidr: Ipv4Net,
    /// The range Services take their addresses from.
    pub service_cidr: Ipv4Net,
    /// How many nodes there are.
    pub nodes: u8,
    /// The version the server says it has, `v1.36.3`.
    pub version: String,
    /// The `N` of the addresses `10.20.N.M` that load balancers get.
    pub balancers: u8,
    /// How quickly its controllers work.
    pub pace: Pace,
}

/// How quickly the pretend controllers work.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long controllers wait before they look at a change.
    pub reaction: Duration,
    /// How long a container takes to start, and an image to be refused.
    pub start: Duration,
    /// How long a pod of a Job runs.
    pub job: Duration,
    /// How long a pod takes to go away.
    pub stop: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            reaction: Duration::from_millis(10),
            start: Duration::from_millis(200),
            job: Duration::from_millis(300),
            stop: Duration::from_millis(100),
        }
    }
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            name: "sandbox".to_owned(),
            pod_cidr: range([172, 24, 0, 0], 16),
            service_cidr: range([172, 25, 0, 0], 20),
            nodes: 3,
            version: "v1.36.3".to_owned(),
            balancers: 0,
            pace: Pace::default(),
        }
    }
}

impl Shape {
    /// The cluster that the mesh's control plane is installed in.
    pub fn control_plane() -> Self {
        Self {
            name: "istio-control-plane".to_owned(),
            pod_cidr: range([172, 16, 0, 0], 16),
            service_cidr: range([172, 19, 0, 0], 20),
            balancers: 1,
            ..Self::default()
        }
    }

    /// The cluster that joins the mesh.
    pub fn remote() -> Self {
        Self {
            name: "istio-remote1".to_owned(),
            pod_cidr: range([172, 20, 0, 0], 16),
            service_cidr: range([172, 21, 0, 0], 20),
            balancers: 2,
            ..Self::default()
        }
    }

    /// Whether an address is one of its pods, Services or balancers could have.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        let IpAddr::V4(address) = address else {
            return false;
        };
        let balanced = range([10, 20, self.balancers, 0], 24);
        [&self.pod_cidr, &self.service_cidr, &balanced]
            .iter()
            .any(|range| range.contains(&address))
    }
}

fn range(address: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(address.into(), length)
}
