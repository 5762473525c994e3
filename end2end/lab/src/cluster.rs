//! One real cluster: its control plane, its node agent, and its kubeconfigs.

use crate::{
    ClusterConfig, Error, Programs,
    access::Access,
    agent::{Agent, PullFailures},
    control_plane::{ControlPlane, Placement},
    process::TemporaryFolder,
};
use k8s_openapi::api::core::v1::{ConfigMap, Node, ServiceAccount};
use kube::{Api, api::ListParams};
use parking_lot::Mutex;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How often a cluster is started when one of its programs exits, for example without its port.
const MAX_ATTEMPTS: u32 = 3;
const READY_TIMEOUT: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A real cluster; it stops when this is dropped or the process ends.
#[derive(Debug)]
pub struct RealCluster {
    /// The name.
    pub name: String,
    /// The URL of the API server.
    pub server: String,
    access: Access,
    pull_failures: Arc<PullFailures>,
    // Fields are dropped in this order: the agent, the programs, the folder with their files.
    agent: Agent,
    control_plane: Mutex<ControlPlane>,
    folder: TemporaryFolder,
}

impl RealCluster {
    /// Starts a cluster and waits until its nodes are Ready.
    ///
    /// # Errors
    /// Any error of a start; [`Error::Exited`] and [`Error::NotReady`] contain the end of a log.
    pub async fn start(programs: &Programs, config: ClusterConfig) -> Result<Self, Error> {
        let mut attempt = 1;
        loop {
            match Self::start_once(programs, &config).await {
                Err(Error::Exited { .. }) if attempt < MAX_ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn start_once(programs: &Programs, config: &ClusterConfig) -> Result<Self, Error> {
        let folder = TemporaryFolder::new(&config.name)?;
        let placement = Placement::loopback()?;
        let mut control_plane = ControlPlane::prepare(config, placement, &[], folder.path())?;
        control_plane.start(programs).await?;
        let access = control_plane.access.clone();
        let pull_failures = Arc::new(PullFailures::default());
        let agent = Agent::start(access.clone(), config.clone(), pull_failures.clone())?;
        let this = Self {
            name: config.name.clone(),
            server: access.server.clone(),
            access,
            pull_failures,
            agent,
            control_plane: Mutex::new(control_plane),
            folder,
        };
        this.access.bind_users().await?;
        this.wait_until_ready(config).await?;
        Ok(this)
    }

    /// Waits until pods can be scheduled.
    async fn wait_until_ready(&self, config: &ClusterConfig) -> Result<(), Error> {
        let client = self.access.client("admin")?;
        let start = Instant::now();
        loop {
            self.control_plane.lock().check_running()?;
            let Some(missing) = not_ready(&client, config).await else {
                return Ok(());
            };
            if start.elapsed() > READY_TIMEOUT {
                return Err(Error::NotReady {
                    cluster: self.name.clone(),
                    seconds: READY_TIMEOUT.as_secs(),
                    missing,
                });
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// A kubeconfig with the token of the administrator; all data is inline.
    pub fn kubeconfig(&self) -> String {
        self.access.kubeconfig("admin")
    }

    /// A kubeconfig with the token of `admin`, `ops` (ClusterRole cluster-admin), `viewer` (ClusterRole
    /// view) or `unprivileged`; for any other name the token is invalid.
    pub fn token_kubeconfig(&self, user: &str) -> String {
        self.access.kubeconfig(user)
    }

    /// A kubeconfig with the client certificate of the administrator.
    pub fn certificate_kubeconfig(&self) -> String {
        self.access.certificate_kubeconfig()
    }

    /// Makes the pull of images fail whose name contains `part`.
    pub fn fail_image_pull(&self, part: &str) {
        self.pull_failures.add(part);
    }

    /// Makes the pull of those images succeed again.
    pub fn heal_image_pull(&self, part: &str) {
        self.pull_failures.remove(part);
    }

    /// Kills the API server.
    pub fn stop_api_server(&self) {
        self.control_plane.lock().stop_api_server();
    }

    /// The folder with the logs of its programs.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Whether the node agent is running.
    pub fn agent_is_running(&self) -> bool {
        self.agent.is_running()
    }
}

/// What is not ready yet, if anything.
pub(crate) async fn not_ready(client: &kube::Client, config: &ClusterConfig) -> Option<String> {
    let nodes: Api<Node> = Api::all(client.clone());
    let nodes = match nodes.list(&ListParams::default()).await {
        Ok(nodes) => nodes.items,
        Err(error) => return Some(error.to_string()),
    };
    let is_ready = |node: &&Node| {
        let spec = node.spec.clone().unwrap_or_default();
        let conditions = node
            .status
            .clone()
            .unwrap_or_default()
            .conditions
            .unwrap_or_default();
        spec.pod_cidr.is_some()
            && spec.taints.unwrap_or_default().is_empty()
            && conditions
                .iter()
                .any(|condition| condition.type_ == "Ready" && condition.status == "True")
    };
    let count = nodes.iter().filter(is_ready).count();
    if count < usize::from(config.nodes) {
        return Some(format!("{count} of {} nodes are ready", config.nodes));
    }
    for namespace in ["default", "kube-system"] {
        if let Some(missing) = missing_in(client, namespace).await {
            return Some(missing);
        }
    }
    None
}

/// Which of the objects that the controller manager makes in every namespace is missing.
async fn missing_in(client: &kube::Client, namespace: &str) -> Option<String> {
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), namespace);
    match accounts.get_opt("default").await {
        Ok(Some(_)) => {}
        Ok(None) => return Some(format!("namespace {namespace} has no ServiceAccount")),
        Err(error) => return Some(error.to_string()),
    }
    let config_maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    match config_maps.get_opt("kube-root-ca.crt").await {
        Ok(Some(_)) => None,
        Ok(None) => Some(format!("namespace {namespace} has no CA bundle")),
        Err(error) => Some(error.to_string()),
    }
}
