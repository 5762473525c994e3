//! The configuration of a mesh lab, and the addresses that follow from it.

use crate::{ClusterConfig, go::cache};
use ipnet::Ipv4Net;
use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

/// The range of the lab on the host, unless another one is given.
const DEFAULT_RANGE: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(10, 99, 0, 0), 16);

/// The third number of the addresses between the host and the lab.
const HOST_LINK: u8 = 254;

/// How the pods of the clusters reach each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Networks {
    /// All pods reach each other directly: one network of the mesh.
    #[default]
    One,
    /// No pod reaches a pod of another cluster; load balancers and API servers are reachable.
    Separate,
}

/// The configuration of a mesh lab.
#[derive(Clone, Debug)]
pub struct MeshConfig {
    /// The folder of the kubeconfigs, logs and data; removed when the lab stops.
    pub folder: PathBuf,
    /// The number of clusters: 2 or 3.
    pub clusters: u8,
    /// The number of nodes of each cluster: 1 to 3.
    pub nodes: u8,
    /// How the pods of the clusters reach each other.
    pub networks: Networks,
    /// The addresses by which the host reaches the lab, a /16: API servers, nodes, load balancers.
    pub range: Ipv4Net,
}

impl MeshConfig {
    /// Two clusters of one node in one network.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            clusters: 2,
            nodes: 1,
            networks: Networks::One,
            range: DEFAULT_RANGE,
        }
    }

    /// The folder of the lab unless another one is given.
    pub fn default_folder() -> PathBuf {
        cache().join("mesh-lab")
    }

    /// Reads `--folder DIR`, `--clusters N`, `--nodes N`, `--separate` and `--range CIDR`.
    ///
    /// # Errors
    /// The argument that is unknown or has a wrong value.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut this = Self::new(&Self::default_folder());
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if word == "--separate" {
                this.networks = Networks::Separate;
                continue;
            }
            let value = words
                .next()
                .ok_or(format!("{word} is unknown or has no value"))?;
            let wrong = |expected: &str| format!("{word} {value}: expected {expected}");
            match word {
                "--folder" => {
                    let path = Path::new(value);
                    this.folder = std::path::absolute(path).map_err(|_| wrong("a folder"))?;
                }
                "--clusters" => this.clusters = number(value, 2).ok_or(wrong("2 or 3"))?,
                "--nodes" => this.nodes = number(value, 1).ok_or(wrong("1, 2 or 3"))?,
                "--range" => {
                    let range: Option<Ipv4Net> = value.parse().ok();
                    let range = range.filter(|range| range.prefix_len() == 16);
                    this.range = range.ok_or(wrong("a range such as 10.99.0.0/16"))?.trunc();
                }
                _ => return Err(format!("{word} is unknown")),
            }
        }
        Ok(this)
    }

    /// The arguments that [`MeshConfig::parse`] reads as this configuration.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![
            "--folder".to_owned(),
            self.folder.display().to_string(),
            "--clusters".to_owned(),
            self.clusters.to_string(),
            "--nodes".to_owned(),
            self.nodes.to_string(),
            "--range".to_owned(),
            self.range.to_string(),
        ];
        if self.networks == Networks::Separate {
            arguments.push("--separate".to_owned());
        }
        arguments
    }

    /// The cluster of a number from 1, with the ranges of its pods and Services.
    pub(super) fn cluster(&self, number: u8) -> ClusterConfig {
        let mut config = match number {
            1 => ClusterConfig::control_plane().with_name("east"),
            2 => ClusterConfig::remote().with_name("west"),
            _ => ClusterConfig {
                name: "north".to_owned(),
                pods: Ipv4Net::new_assert(Ipv4Addr::new(172, 24, 0, 0), 16),
                services: Ipv4Net::new_assert(Ipv4Addr::new(172, 23, 0, 0), 20),
                number: 3,
                nodes: 1,
            },
        };
        config.number = number;
        config.nodes = self.nodes;
        config
    }

    /// The clusters.
    pub(super) fn all_clusters(&self) -> impl Iterator<Item = ClusterConfig> {
        (1..=self.clusters).map(|number| self.cluster(number))
    }

    /// The address of the router between the nodes.
    pub(super) fn router(&self) -> Ipv4Addr {
        self.address(0, 1)
    }

    /// The address of the API server of a cluster.
    pub(super) fn api_server(&self, cluster: u8) -> Ipv4Addr {
        self.address(0, cluster * 10)
    }

    /// The address of a node; nodes are numbered from 1.
    pub(super) fn node(&self, cluster: u8, node: u8) -> Ipv4Addr {
        self.address(0, cluster * 10 + node)
    }

    /// The addresses of the load balancers of a cluster.
    pub(super) fn balancers(&self, cluster: u8) -> Ipv4Net {
        Ipv4Net::new_assert(self.address(cluster, 0), 24)
    }

    /// The addresses of both ends of the link between the host and the lab: the host's, the lab's.
    pub(super) fn host_link(&self) -> (Ipv4Addr, Ipv4Addr) {
        (self.address(HOST_LINK, 2), self.address(HOST_LINK, 1))
    }

    fn address(&self, third: u8, fourth: u8) -> Ipv4Addr {
        let [first, second, _, _] = self.range.network().octets();
        Ipv4Addr::new(first, second, third, fourth)
    }
}

/// A number from `min` to 3.
fn number(text: &str, min: u8) -> Option<u8> {
    let number = text.parse().ok()?;
    (min..=3).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<MeshConfig, String> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        MeshConfig::parse(&words)
    }

    #[test]
    fn a_configuration_is_read_from_its_own_arguments() {
        let config = parse("--clusters 3 --nodes 2 --separate --folder /tmp/x --range 10.8.0.0/16");
        let config = config.expect("a configuration");
        let again = MeshConfig::parse(&config.arguments()).expect("a configuration");
        assert_eq!(format!("{config:?}"), format!("{again:?}"));
        assert_eq!((again.clusters, again.nodes), (3, 2));
        assert_eq!(again.api_server(3).to_string(), "10.8.0.30");
        assert_eq!(again.balancers(2).to_string(), "10.8.2.0/24");
    }

    #[test]
    fn a_wrong_argument_is_named() {
        let error = |text| parse(text).expect_err("an error");
        assert_eq!(error("--clusters 4"), "--clusters 4: expected 2 or 3");
        assert_eq!(error("--nodes"), "--nodes is unknown or has no value");
        assert_eq!(error("--what 1"), "--what is unknown");
        let range = "--range 10.0.0.0/8: expected a range such as 10.99.0.0/16";
        assert_eq!(error("--range 10.0.0.0/8"), range);
    }
}
