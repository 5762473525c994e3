//! Renames a registered cluster, gives it another colour, or replaces its credential.
//!
//! None of these changes anything on the cluster. A credential is replaced only by one for the same
//! cluster, by the UID of the namespace `kube-system`, which is stored when the cluster is added.

use crate::{Action, Caller, Console, Error, connections::ClusterConnection, meshes::Mesh};
use cluster::{AsUser, Credentials, Kind};
use store::Store;
use wire::{
    ClusterName, Secret,
    cluster::{ColourRequest, RenameRequest, ReplaceRequest},
    live::Topic,
};

impl Console {
    /// Renames a cluster in the console, and in its meshes.
    ///
    /// # Errors
    /// [`Error::BadName`], [`Error::NoCluster`], [`Error::ClusterExists`], or [`Error::Busy`] while a job
    /// works on it.
    pub async fn rename_cluster(
        &self,
        caller: &Caller,
        request: RenameRequest,
    ) -> Result<ClusterName, Error> {
        let target = format!("rename {} to {}", request.cluster, request.name);
        self.audited(caller, Action::WriteCluster, &target, async {
            let bad = |source| Error::BadName {
                kind: "cluster",
                name: request.name.clone(),
                source,
            };
            let name = ClusterName::new(request.name.trim()).map_err(bad)?;
            self.connections.get(&request.cluster)?;
            let _held = self.jobs.hold(&request.cluster)?;
            let (old, new) = (request.cluster.clone(), name.clone());
            let rename = move |store: &Store| store.rename_cluster(&old, &new);
            if !self.with_store(rename).await? {
                return Err(Error::ClusterExists(name.to_string()));
            }
            self.connections.remove(&request.cluster);
            self.reconnect(&name).await?;
            self.rename_in_meshes(&request.cluster, &name).await?;
            Ok(name)
        })
        .await
    }

    /// Gives a cluster another colour, wherever it is shown.
    ///
    /// # Errors
    /// [`Error::NoCluster`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn set_cluster_colour(
        &self,
        caller: &Caller,
        request: ColourRequest,
    ) -> Result<(), Error> {
        let ColourRequest { cluster, colour } = request;
        let target = format!("change the colour of {cluster}");
        self.audited(caller, Action::WriteCluster, &target, async {
            let name = cluster.clone();
            let set = move |store: &Store| store.set_cluster_colour(&name, colour);
            if !self.with_store(set).await? {
                return Err(Error::NoCluster(cluster.to_string()));
            }
            self.connections.set_colour(&cluster, colour.into());
            self.changes.count(&[Topic::Clusters]);
            Ok(())
        })
        .await
    }

    async fn rename_in_meshes(&self, old: &ClusterName, new: &ClusterName) -> Result<(), Error> {
        for mesh in self.stored_meshes().await? {
            let (old, new) = (old.clone(), new.clone());
            self.change_mesh(&mesh.name, move |mesh: &mut Mesh| mesh.rename(&old, &new))
                .await?;
        }
        Ok(())
    }

    /// Replaces the credential of a cluster.
    ///
    /// # Errors
    /// [`Error::Kubeconfig`], [`Error::NoCluster`], [`Error::Cluster`] when the new credential is not
    /// taken, [`Error::OtherCluster`] when it is for another cluster, or [`Error::Busy`] while a job works on
    /// the cluster.
    pub async fn replace_credential(
        &self,
        caller: &Caller,
        request: ReplaceRequest,
    ) -> Result<(), Error> {
        let target = format!("replace the credential of {}", request.cluster);
        self.audited(caller, Action::WriteCluster, &target, async {
            let old = self.old_credential(&request.cluster)?;
            let _held = self.jobs.hold(&request.cluster)?;
            let text = request.kubeconfig.reveal();
            let credentials = self.credentials_of(text, &request.context)?;
            let new = AsUser::new(self.to(&credentials)?);
            let found = uid(&new).await?;
            let known = match self.known_uid(&request.cluster).await? {
                // A cluster of an older version that never answered has nothing to compare with.
                None => match &old {
                    Some(old) => uid(&old.user).await.ok().flatten(),
                    None => None,
                },
                known => known,
            };
            // A credential that may not read the UID is for the same cluster if it dials the same server.
            let same_server = old.is_some_and(|old| {
                credentials.server == old.server && credentials.ca_bundle == old.ca_bundle
            });
            let unknown = found.is_none() && same_server;
            if known.is_some() && known != found && !unknown {
                return Err(Error::OtherCluster(request.cluster.clone()));
            }
            self.keep_credential(&request.cluster, &credentials).await?;
            self.learn_uid(&request.cluster, found).await
        })
        .await
    }

    /// The connection with the credential that is to be replaced; none when it cannot be used.
    fn old_credential(&self, name: &ClusterName) -> Result<Option<ClusterConnection>, Error> {
        match self.connections.get(name) {
            Ok(connection) => Ok(Some(connection)),
            Err(Error::UnusableCluster { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The stored UID of a cluster.
    pub(super) async fn known_uid(&self, name: &ClusterName) -> Result<Option<String>, Error> {
        let name = name.clone();
        self.with_store(move |store| store.cluster_uid(&name)).await
    }

    /// Saves the UID of a cluster; the first one stays.
    pub(super) async fn learn_uid(
        &self,
        name: &ClusterName,
        uid: Option<String>,
    ) -> Result<(), Error> {
        let (Some(uid), name) = (uid, name.clone()) else {
            return Ok(());
        };
        self.with_store(move |store| store.learn_cluster_uid(&name, &uid))
            .await
    }

    async fn keep_credential(
        &self,
        name: &ClusterName,
        credentials: &Credentials,
    ) -> Result<(), Error> {
        let shape = |source| store::Error::malformed(format!("cluster {name}"), &source);
        let json = Secret::new(serde_json::to_string(credentials).map_err(shape)?);
        let (replaced, server) = (name.clone(), credentials.server.clone());
        self.with_store(move |store| store.replace_credentials(&replaced, &server, &json))
            .await?;
        self.reconnect(name).await
    }

    /// Connects a stored cluster again.
    pub(super) async fn reconnect(&self, name: &ClusterName) -> Result<(), Error> {
        let stored = self.with_store(Store::clusters).await?;
        if let Some(stored) = stored.into_iter().find(|stored| stored.name == *name) {
            self.connections.add(stored);
        }
        Ok(())
    }
}

/// What tells a cluster from every other; none when it may not be read.
pub(super) async fn uid(user: &AsUser) -> Result<Option<String>, Error> {
    let namespace = Kind::NAMESPACE.object(None, "kube-system");
    match user.get(&namespace).await {
        Ok(found) => Ok(found.map(|found| found.text("/metadata/uid").to_owned())),
        Err(error) if error.is_forbidden() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
