//! The two identities behind a client: the operator who asks, and the console in the background.
//!
//! Both use the stored credentials of the cluster today. They are different types so that the operator's
//! client can impersonate the operator later. What changes a cluster, or shows an operator something of it,
//! takes [`AsUser`]; [`Watches`](crate::Watches) take [`AsConsole`] and never give it out. A read that the
//! console also repeats in the background takes `&dyn` [`Identity`], so that its caller names one of them.

use crate::{
    Cluster, Container, ContainerLog, Error, Facts, Kind, Kinds, KubernetesEvent, Object, ObjectRef,
};
use std::{sync::Arc, time::Duration};
use wire::ClusterName;

mod sealed {
    pub trait Sealed: Send + Sync {}
    impl Sealed for super::AsUser {}
    impl Sealed for super::AsConsole {}
}

/// One of the two identities; no other type implements it.
pub trait Identity: sealed::Sealed {
    /// The client that acts for the identity. The crates above `release` and `mesh` do not call it: they
    /// hand the identity to a function that takes it.
    fn cluster(&self) -> &Cluster;
}

/// A client that acts for the operator who sends the request.
///
/// A function says by its argument that it acts for an operator:
///
/// ```
/// async fn version(user: &cluster::AsUser) -> Result<String, cluster::Error> {
///     user.version().await
/// }
///
/// async fn of_an_operator(user: &cluster::AsUser) {
///     let _ = version(user).await;
/// }
/// ```
///
/// The client of the console is not accepted in its place:
///
/// ```compile_fail,E0308
/// async fn version(user: &cluster::AsUser) -> Result<String, cluster::Error> {
///     user.version().await
/// }
///
/// async fn in_the_background(console: &cluster::AsConsole) {
///     let _ = version(console).await; // expected `&AsUser`, found `&AsConsole`
/// }
/// ```
#[derive(Clone)]
pub struct AsUser(Cluster);

/// A client that acts for the console itself, in the background.
///
/// Of its own, it only asks whether the cluster answers; it reads nothing of it:
///
/// ```compile_fail,E0599
/// async fn in_the_background(console: &cluster::AsConsole) {
///     let _ = console.facts().await; // a method of `AsUser`
/// }
/// ```
#[derive(Clone)]
pub struct AsConsole(Cluster);

impl Identity for AsUser {
    fn cluster(&self) -> &Cluster {
        &self.0
    }
}

impl Identity for AsConsole {
    fn cluster(&self) -> &Cluster {
        &self.0
    }
}

impl AsConsole {
    /// The identity of the console, with a client that acts for the console.
    pub fn new(cluster: Cluster) -> Self {
        Self(cluster)
    }

    /// Asks the API server for its version, to find out whether it answers.
    ///
    /// # Errors
    /// As [`Cluster::version`].
    pub async fn version(&self) -> Result<String, Error> {
        self.0.version().await
    }
}

/// The reads that an operator requests directly.
impl AsUser {
    /// The identity of the operator, with a client that acts for the operator.
    pub fn new(cluster: Cluster) -> Self {
        Self(cluster)
    }

    /// The same identity, with another timeout of one call.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self(self.0.clone().with_timeout(timeout))
    }

    /// The name of the cluster.
    pub fn cluster_name(&self) -> &ClusterName {
        self.0.name()
    }

    /// [`Cluster::get`].
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn get(&self, object: &ObjectRef) -> Result<Option<Object>, Error> {
        self.0.get(object).await
    }

    /// [`Cluster::list_objects`].
    ///
    /// # Errors
    /// As [`Cluster::list_objects`].
    pub async fn list_objects(
        &self,
        kind: Kind<'_>,
        namespace: Option<&str>,
        labels: &str,
    ) -> Result<Vec<Object>, Error> {
        self.0.list_objects(kind, namespace, labels).await
    }

    /// [`Cluster::pods_of`].
    ///
    /// # Errors
    /// As [`Cluster::pods_of`].
    pub async fn pods_of(&self, object: &Object) -> Result<Vec<Object>, Error> {
        self.0.pods_of(object).await
    }

    /// [`Cluster::events`].
    ///
    /// # Errors
    /// As [`Cluster::events`].
    pub async fn events(&self, namespace: &str) -> Result<Vec<KubernetesEvent>, Error> {
        self.0.events(namespace).await
    }

    /// [`Cluster::container_log`].
    ///
    /// # Errors
    /// As [`Cluster::container_log`].
    pub async fn container_log(&self, container: &Container) -> Result<ContainerLog, Error> {
        self.0.container_log(container).await
    }

    /// [`Cluster::version`].
    ///
    /// # Errors
    /// As [`Cluster::version`].
    pub async fn version(&self) -> Result<String, Error> {
        self.0.version().await
    }

    /// [`Cluster::facts`].
    ///
    /// # Errors
    /// As [`Cluster::facts`].
    pub async fn facts(&self) -> Result<Facts, Error> {
        self.0.facts().await
    }

    /// [`Cluster::kinds`].
    ///
    /// # Errors
    /// As [`Cluster::kinds`].
    pub async fn kinds(&self) -> Result<Arc<Kinds>, Error> {
        self.0.kinds().await
    }

    /// [`Cluster::current_kinds`].
    ///
    /// # Errors
    /// As [`Cluster::current_kinds`].
    pub async fn current_kinds(&self) -> Result<Arc<Kinds>, Error> {
        self.0.current_kinds().await
    }

    /// Discovers the kinds of the cluster at the next use.
    pub fn forget_kinds(&self) {
        self.0.forget_kinds();
    }
}
