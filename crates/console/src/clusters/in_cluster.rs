//! The cluster in which the console itself runs: offered when it runs in a pod, by the pod's credential.
//!
//! What that credential may do is decided by the roles that are bound to the pod's ServiceAccount; the
//! probe of any other cluster's says which ones are needed. No request names a file.

use crate::{Action, Caller, Console, Error};
use wire::{
    ClusterName,
    cluster::{AddMountedRequest, MountedView},
};

impl Console {
    /// The cluster in which the console runs; none when it runs in none, or when it is registered.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn mounted_cluster(&self, caller: &Caller) -> Result<Option<MountedView>, Error> {
        self.permitted(caller, Action::WriteCluster, async {
            let Some(mount) = &self.setup.mount else {
                return Ok(None);
            };
            let known = self.connections.all().into_iter();
            let unusable = self.connections.unusable().into_iter();
            let mut servers = known
                .map(|connection| connection.server)
                .chain(unusable.map(|cluster| cluster.server));
            let free = servers.all(|server| server != mount.server);
            let server = mount.server.clone();
            Ok(free.then_some(MountedView { server }))
        })
        .await
    }

    /// Registers the cluster in which the console runs.
    ///
    /// # Errors
    /// [`Error::NoCluster`] when it runs in none, [`Error::Kubeconfig`] when its credential cannot be
    /// read, [`Error::BadName`], [`Error::ClusterExists`] or [`Error::Cluster`].
    pub async fn add_mounted_cluster(
        &self,
        caller: &Caller,
        request: AddMountedRequest,
    ) -> Result<ClusterName, Error> {
        self.audited(caller, Action::WriteCluster, &request.name, async {
            let bad = |source| Error::BadName {
                kind: "cluster",
                name: request.name.clone(),
                source,
            };
            let name = ClusterName::new(request.name.trim()).map_err(bad)?;
            let none = || Error::NoCluster(name.to_string());
            let mount = self.setup.mount.as_ref().ok_or_else(none)?;
            let credentials = mount.credentials(self.setup.addresses);
            let credentials = credentials.map_err(Error::Kubeconfig)?;
            self.add(&name, &credentials, false).await?;
            Ok(name)
        })
        .await
    }
}
