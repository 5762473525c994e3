//! One cluster of a mesh lab: its control plane, its nodes, its DNS and its load balancer.

use super::{
    MeshConfig, Networks, dns,
    images::Images,
    network::{Namespace, Network},
    node::{self, Node, NodeConfig},
    programs::MeshPrograms,
};
use crate::{
    ClusterConfig, Error,
    agent::load_balancers,
    ca::write_private,
    cluster::not_ready,
    control_plane::{ControlPlane, Placement},
};
use ipnet::Ipv4Net;
use k8s_openapi::api::core::v1;
use kube::{Api, Client};
use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// How long nodes and DNS may take to become ready.
const READY_TIMEOUT: Duration = Duration::from_secs(150);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The users that have a kubeconfig in the folder of the lab.
const USERS: [&str; 3] = ["admin", "ops", "viewer"];

/// A cluster whose nodes run containers; it stops when this is dropped or the process ends.
#[derive(Debug)]
pub struct MeshCluster {
    config: ClusterConfig,
    lab_folder: PathBuf,
    balancers: Ipv4Net,
    // Fields are dropped in this order: the load balancer, the nodes, the control plane, its namespace.
    load_balancer: JoinHandle<()>,
    nodes: Vec<Node>,
    control_plane: ControlPlane,
    _namespace: Namespace,
}

impl MeshCluster {
    pub(super) async fn start(
        programs: &MeshPrograms,
        images: &Images,
        config: &MeshConfig,
        network: &Network,
        number: u8,
    ) -> Result<Self, Error> {
        let cluster = config.cluster(number);
        let folder = create(&config.folder.join(&cluster.name))?;
        let address = config.api_server(number);
        let namespace = network.attach(&cluster.name, address)?;
        let placement = Placement::in_namespace(namespace.path(), address);
        let mut control_plane =
            ControlPlane::prepare(&cluster, placement, &users(&cluster), &folder)?;
        let mut nodes = Vec::new();
        for node in 1..=cluster.nodes {
            let node = NodeConfig {
                cluster: &cluster,
                name: cluster.node(node),
                address: config.node(number, node),
                folder: &folder,
                access: &control_plane.access,
            };
            let namespace = network.attach(&node.name, node.address)?;
            if config.networks == Networks::Separate {
                separate(&namespace, &cluster, config)?;
            }
            nodes.push(Node::start(node, namespace, programs, images)?);
        }
        control_plane.start(&programs.control_plane).await?;
        control_plane.access.bind_users().await?;
        let client = control_plane.access.client("admin")?;
        let balancers = config.balancers(number);
        let mut this = Self {
            load_balancer: tokio::spawn(load_balancers::run(client.clone(), balancers)),
            config: cluster,
            lab_folder: config.folder.clone(),
            balancers,
            nodes,
            control_plane,
            _namespace: namespace,
        };
        this.start_nodes(&client, network).await?;
        dns::install(&this.control_plane.access, &client, &this.config).await?;
        this.wait_until_ready(&client).await?;
        this.write_kubeconfigs()?;
        Ok(this)
    }

    /// Starts the kubelets, and connects the pods of each node when Kubernetes has given it its part of the
    /// pod CIDR.
    async fn start_nodes(&mut self, client: &Client, network: &Network) -> Result<(), Error> {
        for node in &self.nodes {
            node.start_kubelet()?;
        }
        for index in 0..self.nodes.len() {
            let Some(name) = self.nodes.get(index).map(|node| node.name.clone()) else {
                continue;
            };
            let nodes: Api<v1::Node> = Api::all(client.clone());
            let pods = self
                .wait_until(|| async {
                    let node = nodes.get_opt(&name).await.ok().flatten();
                    let pods = node.and_then(|node| node.spec?.pod_cidr?.parse::<Ipv4Net>().ok());
                    pods.ok_or(format!("the kubelet of {name} has not registered its Node"))
                })
                .await?;
            if let Some(node) = self.nodes.get(index) {
                network.route(pods, node.address)?;
                node.connect_pods(&pods.to_string())?;
            }
        }
        Ok(())
    }

    async fn wait_until_ready(&mut self, client: &Client) -> Result<(), Error> {
        let config = self.config.clone();
        self.wait_until(|| async {
            match not_ready(client, &config).await {
                Some(missing) => Err(missing),
                None if dns::is_ready(client).await => Ok(()),
                None => Err("CoreDNS is not ready".to_owned()),
            }
        })
        .await?;
        let start = Instant::now();
        while !self.nodes.iter().all(Node::has_images) {
            self.check_running()?;
            if start.elapsed() > READY_TIMEOUT {
                return Err(self.timeout("not all images are imported".to_owned()));
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(())
    }

    /// Waits until `check` has a value; what is missing is in the error after the timeout.
    async fn wait_until<T, F: Future<Output = Result<T, String>>>(
        &mut self,
        check: impl Fn() -> F,
    ) -> Result<T, Error> {
        let start = Instant::now();
        loop {
            self.check_running()?;
            match check().await {
                Ok(value) => return Ok(value),
                Err(missing) if start.elapsed() > READY_TIMEOUT => {
                    return Err(self.timeout(missing));
                }
                Err(_) => tokio::time::sleep(POLL_INTERVAL).await,
            }
        }
    }

    fn timeout(&self, missing: String) -> Error {
        Error::NotReady {
            cluster: self.config.name.clone(),
            seconds: READY_TIMEOUT.as_secs(),
            missing,
        }
    }

    /// Fails when a program has exited.
    pub(super) fn check_running(&mut self) -> Result<(), Error> {
        self.control_plane.check_running()?;
        self.nodes.iter_mut().try_for_each(Node::check_running)
    }

    /// The name: `east`, `west` or `north`.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The URL of the API server, as the host, the pods and the other clusters reach it.
    pub fn server(&self) -> &str {
        &self.control_plane.access.server
    }

    /// The addresses of its load balancers.
    pub fn balancers(&self) -> Ipv4Net {
        self.balancers
    }

    /// The pod CIDR.
    pub fn pods(&self) -> Ipv4Net {
        self.config.pods
    }

    /// A kubeconfig with the token of `admin`, `ops` (ClusterRole cluster-admin), `viewer` (ClusterRole
    /// view) or `unprivileged`; for any other name the token is invalid.
    pub fn kubeconfig(&self, user: &str) -> String {
        self.control_plane.access.kubeconfig(user)
    }

    /// The file with the kubeconfig of the administrator.
    pub fn kubeconfig_file(&self) -> PathBuf {
        kubeconfig_file(&self.lab_folder, &self.config.name, "admin")
    }

    fn write_kubeconfigs(&self) -> Result<(), Error> {
        for user in USERS {
            let file = kubeconfig_file(&self.lab_folder, &self.config.name, user);
            write_private(&file, &self.kubeconfig(user))?;
        }
        Ok(())
    }

    /// The line of this cluster in the status of the lab.
    pub(super) fn status(&self) -> String {
        let nodes: Vec<String> = self
            .nodes
            .iter()
            .map(|node| format!("{} ({})", node.name, node.address))
            .collect();
        format!(
            "{}  {}  nodes {}  pods {}  services {}  load balancers {}  KUBECONFIG={}\n",
            self.config.name,
            self.server(),
            nodes.join(", "),
            self.config.pods,
            self.config.services,
            self.balancers,
            self.kubeconfig_file().display(),
        )
    }
}

impl Drop for MeshCluster {
    fn drop(&mut self) {
        self.load_balancer.abort();
    }
}

/// The users of the nodes, with their groups.
fn users(cluster: &ClusterConfig) -> Vec<(String, &'static str)> {
    let kubelets = (1..=cluster.nodes)
        .map(|number| (node::kubelet_user(&cluster.node(number)), "system:nodes"));
    kubelets
        .chain([(node::PROXY_USER.to_owned(), "")])
        .collect()
}

/// Makes the pods of the other clusters unreachable from a node; what leaves the pods of the cluster gets
/// the address of the node.
fn separate(
    namespace: &Namespace,
    cluster: &ClusterConfig,
    config: &MeshConfig,
) -> Result<(), Error> {
    let others = config
        .all_clusters()
        .filter(|other| other.name != cluster.name);
    let routes: Vec<String> = others
        .map(|other| format!("route add unreachable {}", other.pods))
        .collect();
    namespace.ip(&routes.join("\n"))?;
    let pods = cluster.pods.to_string();
    let rule = [
        "-t",
        "nat",
        "-A",
        "POSTROUTING",
        "-s",
        &pods,
        "!",
        "-d",
        &pods,
        "-j",
        "MASQUERADE",
    ];
    namespace.run("iptables", &rule, "").map(|_| ())
}

/// An empty folder.
fn create(folder: &Path) -> Result<PathBuf, Error> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|source| Error::Write {
        path: folder.to_owned(),
        source,
    })?;
    Ok(folder.to_owned())
}

fn kubeconfig_file(folder: &Path, cluster: &str, user: &str) -> PathBuf {
    folder.join(match user {
        "admin" => format!("{cluster}.kubeconfig"),
        user => format!("{cluster}-{user}.kubeconfig"),
    })
}
