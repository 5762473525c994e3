//! One real cluster: its control plane, its node agent, and the ways to it.

use crate::{
    Error, Programs, Shape,
    access::Access,
    agent::{Agent, Orders},
    control_plane::ControlPlane,
    process::Swept,
};
use k8s_openapi::api::core::v1::{Node, ServiceAccount};
use kube::{
    Api,
    api::{DynamicObject, ListParams, Patch, PatchParams},
    core::{ApiResource, GroupVersionKind},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A lost race for a port is met by starting again.
const TRIES: u32 = 3;
const PATIENCE: Duration = Duration::from_mins(1);

/// A real cluster; it ends when this is dropped, or with our process.
#[derive(Debug)]
pub struct RealCluster {
    /// Its name.
    pub name: String,
    /// Where its API server listens.
    pub server: String,
    access: Access,
    orders: Arc<Orders>,
    // Dropped in this order: the agent, the programs, the folder that holds their files.
    agent: Agent,
    control_plane: Mutex<ControlPlane>,
    folder: Swept,
}

impl RealCluster {
    /// Starts a cluster and waits until its nodes are Ready.
    ///
    /// # Errors
    /// What starting it met: [`Error::Died`] and [`Error::NotReady`] show the end of a log.
    pub async fn start(programs: &Programs, shape: Shape) -> Result<Self, Error> {
        let mut attempt = 1;
        loop {
            match Self::begin(programs, &shape).await {
                Err(Error::Died { .. }) if attempt < TRIES => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn begin(programs: &Programs, shape: &Shape) -> Result<Self, Error> {
        let folder = Swept::temporary(&shape.name)?;
        let control_plane = ControlPlane::start(programs, shape, folder.path()).await?;
        let access = control_plane.access.clone();
        let orders = Arc::new(Orders::default());
        let agent = Agent::start(access.clone(), shape.clone(), orders.clone())?;
        let this = Self {
            name: shape.name.clone(),
            server: access.server.clone(),
            access,
            orders,
            agent,
            control_plane: Mutex::new(control_plane),
            folder,
        };
        this.settle(shape).await?;
        Ok(this)
    }

    /// Gives the users their rights, and waits until pods can be placed.
    async fn settle(&self, shape: &Shape) -> Result<(), Error> {
        let client = self.access.client("admin")?;
        let kind = GroupVersionKind::gvk("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding");
        let bindings: Api<DynamicObject> =
            Api::all_with(client.clone(), &ApiResource::from_gvk(&kind));
        for binding in Access::bindings() {
            let name = binding["metadata"]["name"].as_str().unwrap_or_default();
            let parameters = PatchParams::apply("lab");
            let done = bindings
                .patch(name, &parameters, &Patch::Apply(&binding))
                .await;
            done.map_err(|error| self.refused("bind its users", error))?;
        }
        let start = Instant::now();
        loop {
            self.control_plane
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .alive()?;
            let missing = missing(&client, shape).await;
            let Some(missing) = missing else {
                return Ok(());
            };
            if start.elapsed() > PATIENCE {
                return Err(Error::NotReady {
                    cluster: self.name.clone(),
                    seconds: PATIENCE.as_secs(),
                    missing,
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn refused(&self, attempt: &'static str, error: kube::Error) -> Error {
        Error::Refused {
            cluster: self.name.clone(),
            attempt,
            source: Box::new(error),
        }
    }

    /// A kubeconfig with the administrator's token, everything inline.
    pub fn kubeconfig(&self) -> String {
        self.access.kubeconfig("admin")
    }

    /// The same with the token of `admin`, `ops` (may do everything), `viewer` (may look) or `nobody`;
    /// any other name gives a token that the cluster does not know.
    pub fn token_kubeconfig(&self, user: &str) -> String {
        self.access.kubeconfig(user)
    }

    /// The same with the administrator's client certificate.
    pub fn certificate_kubeconfig(&self) -> String {
        self.access.certificate_kubeconfig()
    }

    /// Lets the pull of images fail whose name contains `part`.
    pub fn fail_image_pull(&self, part: &str) {
        self.orders.fail(part);
    }

    /// Lets the pull of those images succeed again.
    pub fn heal_image_pull(&self, part: &str) {
        self.orders.heal(part);
    }

    /// Kills the API server in the middle of whatever it does.
    pub fn stop(&self) {
        self.control_plane
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .stop_api_server();
    }

    /// The folder of its logs.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Whether its node agent still works.
    pub fn agent_works(&self) -> bool {
        self.agent.works()
    }
}

/// What is not there yet, if anything.
async fn missing(client: &kube::Client, shape: &Shape) -> Option<String> {
    let nodes: Api<Node> = Api::all(client.clone());
    let nodes = match nodes.list(&ListParams::default()).await {
        Ok(nodes) => nodes.items,
        Err(error) => return Some(error.to_string()),
    };
    let ready = |node: &&Node| {
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
                .any(|one| one.type_ == "Ready" && one.status == "True")
    };
    let count = nodes.iter().filter(ready).count();
    if count < usize::from(shape.nodes) {
        return Some(format!("{count} of {} nodes are ready", shape.nodes));
    }
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), "default");
    match accounts.get_opt("default").await {
        Ok(Some(_)) => None,
        Ok(None) => Some("the namespace default has no ServiceAccount".into()),
        Err(error) => Some(error.to_string()),
    }
}
