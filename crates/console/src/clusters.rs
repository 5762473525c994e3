//! Clusters: their list and facts, adding and removing one.

mod admission;
mod change;
mod in_cluster;
mod network;
mod probe;

use crate::{
    Action, Caller, Console, Error,
    connections::{ClusterConnection, UnusableCluster},
};
use cluster::{AsUser, Credentials, Facts, KubeconfigError, read_kubeconfig};
use std::time::Duration;
use store::Store;
use wire::{
    ClusterName, Problem, Secret,
    cluster::{
        AddClustersRequest, ClusterState, ClusterView, ContextView, FactsView, NodeView,
        ReadKubeconfigRequest, Role,
    },
};

/// How long a page waits for one cluster before it is shown as unreachable.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(6);

impl Console {
    /// All clusters with their facts, read concurrently.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn clusters(&self, caller: &Caller) -> Result<Vec<ClusterView>, Error> {
        self.permitted(caller, Action::Read, async {
            let connections = self.connections.all();
            let views = connections
                .iter()
                .map(async |connection| self.with_part(self.seen(connection).await?).await);
            let views = futures::future::join_all(views).await.into_iter();
            let mut views: Vec<ClusterView> = views.collect::<Result<_, _>>()?;
            views.extend(self.connections.unusable().iter().map(unusable_view));
            Ok(views)
        })
        .await
    }

    /// One cluster.
    ///
    /// # Errors
    /// [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn cluster(&self, caller: &Caller, name: &ClusterName) -> Result<ClusterView, Error> {
        self.permitted(caller, Action::Read, async {
            let unusable = self.connections.unusable().into_iter();
            if let Some(cluster) = unusable.into_iter().find(|cluster| cluster.name == *name) {
                return Ok(unusable_view(&cluster));
            }
            let view = self.seen(&self.connections.get(name)?).await?;
            self.with_part(view).await
        })
        .await
    }

    /// The view of a cluster; a cluster of an older version gets its UID when it answers.
    async fn seen(&self, connection: &ClusterConnection) -> Result<ClusterView, Error> {
        let view = view(connection).await;
        let ready = matches!(view.state, ClusterState::Ready(_));
        if ready && self.known_uid(&view.name).await?.is_none() {
            let user = connection.user.with_timeout(CLUSTER_TIMEOUT);
            let uid = change::uid(&user).await;
            self.learn_uid(&view.name, uid.ok().flatten()).await?;
        }
        Ok(view)
    }

    async fn with_part(&self, view: ClusterView) -> Result<ClusterView, Error> {
        let role = network::role(view.role, &self.parts(&view.name).await?);
        Ok(ClusterView { role, ..view })
    }

    /// Reads a kubeconfig and validates each of its contexts; nothing is stored.
    ///
    /// # Errors
    /// [`Error::Kubeconfig`] or [`Error::NotPermitted`].
    pub async fn read_kubeconfig(
        &self,
        caller: &Caller,
        request: ReadKubeconfigRequest,
    ) -> Result<Vec<ContextView>, Error> {
        self.permitted(caller, Action::WriteCluster, async {
            let text = request.kubeconfig.reveal();
            let contexts =
                read_kubeconfig(text, self.setup.addresses).map_err(Error::Kubeconfig)?;
            Ok(contexts.into_iter().map(context_view).collect())
        })
        .await
    }

    /// Adds clusters from the contexts of a kubeconfig; each must answer with its version first.
    ///
    /// # Errors
    /// [`Error::Kubeconfig`], [`Error::BadName`], [`Error::ClusterExists`] or [`Error::Cluster`].
    pub async fn add_clusters(
        &self,
        caller: &Caller,
        request: AddClustersRequest,
    ) -> Result<Vec<ClusterName>, Error> {
        let names: Vec<&str> = request
            .contexts
            .iter()
            .map(|(_, name)| name.as_str())
            .collect();
        let target = names.join(" ");
        self.audited(caller, Action::WriteCluster, &target, async {
            let text = request.kubeconfig.reveal();
            let mut contexts =
                read_kubeconfig(text, self.setup.addresses).map_err(Error::Kubeconfig)?;
            let mut added = Vec::new();
            for (context, name) in &request.contexts {
                let missing =
                    || Error::Kubeconfig(KubeconfigError::MissingField { key: "context" });
                let place = contexts.iter().position(|known| known.name == *context);
                let found = contexts.swap_remove(place.ok_or_else(missing)?);
                let credentials = found.outcome.map_err(Error::Kubeconfig)?;
                let bad = |source| Error::BadName {
                    kind: "cluster",
                    name: name.clone(),
                    source,
                };
                let name = ClusterName::new(name.as_str()).map_err(bad)?;
                self.add(&name, &credentials, false).await?;
                added.push(name);
            }
            Ok(added)
        })
        .await
    }

    /// Adds a sandbox by its own kubeconfig.
    ///
    /// # Errors
    /// As [`Console::add_clusters`].
    pub async fn add_sandbox(&self, kubeconfig: &str) -> Result<(), Error> {
        let policy = cluster::AddressPolicy::WithLoopback;
        for context in read_kubeconfig(kubeconfig, policy).map_err(Error::Kubeconfig)? {
            let bad = |source| Error::BadName {
                kind: "cluster",
                name: context.name.clone(),
                source,
            };
            let name = ClusterName::new(context.name.clone()).map_err(bad)?;
            self.add(&name, &context.outcome.map_err(Error::Kubeconfig)?, true)
                .await?;
        }
        Ok(())
    }

    async fn add(
        &self,
        name: &ClusterName,
        credentials: &Credentials,
        sandbox: bool,
    ) -> Result<(), Error> {
        let probe = cluster::Cluster::connect(name.clone(), credentials, self.setup.addresses)?;
        let probe = AsUser::new(probe.with_timeout(CLUSTER_TIMEOUT));
        probe.version().await?;
        let uid = match change::uid(&probe).await {
            // The version may be read by everyone; a credential that is not taken is not registered.
            Err(Error::Cluster(error)) if error.is_unauthorized() => return Err(error.into()),
            // The UID is read again when the cluster answers.
            uid => uid.unwrap_or_default(),
        };
        let shape = |source| store::Error::malformed(format!("cluster {name}"), &source);
        let json = Secret::new(serde_json::to_string(credentials).map_err(shape)?);
        let (new, server) = (name.clone(), credentials.server.clone());
        let now = self.now().as_second();
        let add = move |store: &Store| store.add_cluster(&new, &server, sandbox, &json, now);
        if !self.with_store(add).await? {
            return Err(Error::ClusterExists(name.to_string()));
        }
        self.learn_uid(name, uid).await?;
        self.reconnect(name).await
    }

    /// Removes a cluster and its credentials from the console. Nothing on the cluster changes.
    ///
    /// # Errors
    /// [`Error::NoCluster`], [`Error::NotPermitted`], [`Error::Store`], or [`Error::Busy`] while a job works
    /// on it.
    pub async fn remove_cluster(&self, caller: &Caller, name: &ClusterName) -> Result<(), Error> {
        self.audited(caller, Action::WriteCluster, name.as_str(), async {
            let _held = self.jobs.hold(name)?;
            let removed = name.clone();
            let remove = move |store: &Store| store.remove_cluster(&removed);
            if !self.with_store(remove).await? {
                return Err(Error::NoCluster(name.to_string()));
            }
            self.connections.remove(name);
            Ok(())
        })
        .await
    }
}

/// The view of a cluster, within the timeout whatever the cluster does.
pub(crate) async fn view(connection: &ClusterConnection) -> ClusterView {
    let facts = tokio::time::timeout(CLUSTER_TIMEOUT, connection.user.facts());
    let (facts, role) = tokio::join!(facts, role(connection));
    let state = match facts {
        Ok(Ok(facts)) => ClusterState::Ready(facts_view(facts)),
        Ok(Err(error)) => ClusterState::Unreachable(Problem::from(&error)),
        Err(_) => ClusterState::Unreachable(Problem::from(&cluster::Error::TimedOut {
            cluster: connection.name.clone(),
            verb: cluster::Verb::Get,
            object: "its version".into(),
            after: CLUSTER_TIMEOUT,
        })),
    };
    ClusterView {
        name: connection.name.clone(),
        colour: connection.colour,
        server: connection.server.clone(),
        sandbox: connection.sandbox,
        role,
        state,
    }
}

/// The view of a cluster that cannot be used.
fn unusable_view(cluster: &UnusableCluster) -> ClusterView {
    ClusterView {
        name: cluster.name.clone(),
        colour: cluster.colour,
        server: cluster.server.clone(),
        sandbox: cluster.sandbox,
        role: None,
        state: ClusterState::Unusable(Problem::from(cluster.error())),
    }
}

/// The role of a cluster in a mesh, by the charts that are installed on it.
async fn role(connection: &ClusterConnection) -> Option<Role> {
    let releases = tokio::time::timeout(CLUSTER_TIMEOUT, release::list(&connection.user))
        .await
        .ok()?
        .ok()?;
    let parts = releases.iter().filter_map(|release| {
        let annotations = release.chart.metadata.get("annotations")?;
        match annotations.get(mesh::chart_annotations::PART)?.as_str()? {
            "control plane" => Some(Role::Primary),
            "remote" => Some(Role::Remote),
            _ => None,
        }
    });
    let parts: Vec<Role> = parts.collect();
    match (
        parts.contains(&Role::Primary),
        parts.contains(&Role::Remote),
    ) {
        (true, true) => Some(Role::Both),
        (true, false) => Some(Role::Primary),
        (false, true) => Some(Role::Remote),
        (false, false) => None,
    }
}

fn facts_view(facts: Facts) -> FactsView {
    let node = |node: cluster::Node| NodeView {
        name: node.name,
        ready: node.ready,
        version: node.version,
        pod_cidr: node.pod_cidr,
    };
    FactsView {
        version: facts.version,
        nodes: facts.nodes.into_iter().map(node).collect(),
        pod_cidrs: facts.pod_cidrs,
        service_cidrs: facts.service_cidrs,
        cpu: facts.cpu,
        memory: facts.memory,
        cpu_requested: facts.cpu_requested,
        memory_requested: facts.memory_requested,
        groups: u32::try_from(facts.groups).unwrap_or(u32::MAX),
        unavailable_groups: facts
            .unavailable
            .iter()
            .map(|group| format!("{}: {}", group.api_version, group.reason))
            .collect(),
        latency: u32::try_from(facts.latency.as_millis()).unwrap_or(u32::MAX),
    }
}

fn context_view(context: cluster::Context) -> ContextView {
    let (login, problem) = match &context.outcome {
        Ok(credentials) => (credentials.auth_info.description().to_owned(), None),
        Err(refusal) => {
            let problem = wire::Problem::new(wire::Code::BadKubeconfig).with("reason", refusal);
            (String::new(), Some(problem))
        }
    };
    ContextView {
        suggested: suggest(&context.name),
        name: context.name,
        server: context.server,
        credentials: login,
        problem,
    }
}

/// A valid cluster name made of the name of a context.
fn suggest(context: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let text: String = context.chars().map(plain).take(63).collect();
    text.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggested_name_is_valid() {
        for context in ["kubernetes-admin@east", "Arn:aws:eks/X", "east"] {
            assert!(ClusterName::new(suggest(context)).is_ok(), "{context}");
        }
    }
}
