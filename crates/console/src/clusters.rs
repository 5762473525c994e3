//! Clusters: their list and facts, adding and removing one.

mod admission;
mod change;
mod faults;
mod in_cluster;
mod list;
mod network;
mod probe;
mod view;

use crate::{Action, Caller, Console, Error, connections::ClusterConnection, meshes::Mesh};
use cluster::{AsUser, Credentials, KubeconfigError, read_kubeconfig};
use std::time::Duration;
use store::Store;
use view::unusable_view;
use wire::{
    ClusterName, Secret,
    cluster::{AddClustersRequest, ClusterView, ContextView, ReadKubeconfigRequest},
};

/// The time after which a cluster counts as unreachable.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(6);
/// How long facts that are watched are shown without a new read in the background: the requests of pods are not
/// watched, and a cluster that has become silent is noticed by the read.
const MAX_AGE: Duration = Duration::from_secs(5);

impl Console {
    /// All clusters with their facts, read concurrently; a cluster that does not answer soon is shown with
    /// its last known facts.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn clusters(&self, caller: &Caller) -> Result<Vec<ClusterView>, Error> {
        self.permitted(caller, Action::Read, async {
            let (connections, meshes) = (self.connections.all(), self.stored_meshes().await?);
            Ok(self.all_clusters(&connections, &meshes, MAX_AGE).await)
        })
        .await
    }

    /// The views of the clusters with these connections, and of those that cannot be used.
    async fn all_clusters(
        &self,
        connections: &[ClusterConnection],
        meshes: &[Mesh],
        max_age: Duration,
    ) -> Vec<ClusterView> {
        let views = connections
            .iter()
            .map(|connection| self.cluster_view(connection, meshes, max_age));
        let mut views = futures::future::join_all(views).await;
        views.extend(self.connections.unusable().iter().map(unusable_view));
        views
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
            let (connection, meshes) = (self.connections.get(name)?, self.stored_meshes().await?);
            Ok(self.cluster_view(&connection, &meshes, MAX_AGE).await)
        })
        .await
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
