//! Reads from one cluster within a deadline: a result, or the reason why there is none.

use super::Timeouts;
use crate::facts::{Fact, Unknown};
use cluster::{Cluster, Error, Identity, Kind, Kinds, Object};
use futures::future::BoxFuture;
use std::{future::Future, sync::Arc};
use tokio::time::{Instant, timeout_at};

/// The first response of an API server: its version, or why it does not tell its version. Unknown when there
/// is no response; then nothing else is requested.
pub type FirstResponse = Fact<Fact<String>>;

/// Requests the version of an API server.
///
/// # Errors
/// [`Unknown`] when the API server does not answer within the timeout.
pub async fn first_response(identity: &dyn Identity, timeouts: Timeouts) -> FirstResponse {
    request_version(identity.cluster(), timeouts).await
}

async fn request_version(cluster: &Cluster, timeouts: Timeouts) -> FirstResponse {
    let probe = cluster.clone().with_timeout(timeouts.probe);
    match probe.version().await {
        Ok(version) => Ok(Ok(version)),
        Err(error) if error.status().is_some() => Ok(Err(error.into())),
        Err(error) => Err(Unknown::of_unreachable(cluster.name(), error)),
    }
}

/// A cluster, the kinds that it serves, and the deadline of its calls.
pub(super) struct ClusterReader {
    pub(super) cluster: Cluster,
    pub(super) kinds: Arc<Kinds>,
    pub(super) version: Fact<String>,
    deadline: Instant,
    timeouts: Timeouts,
}

impl ClusterReader {
    /// Starts the deadline and reads the kinds that the cluster serves, once its API server has responded.
    pub(super) async fn prepare(
        cluster: &Cluster,
        timeouts: Timeouts,
        response: Option<FirstResponse>,
    ) -> Fact<Self> {
        let deadline = Instant::now() + timeouts.cluster;
        let version = match response {
            Some(response) => response?,
            None => request_version(cluster, timeouts).await?,
        };
        let cluster = cluster.clone().with_timeout(timeouts.call);
        let kinds = within(deadline, timeouts, cluster.current_kinds()).await;
        let kinds = kinds.map_err(|unknown| Unknown::of_unreachable(cluster.name(), unknown))?;
        Ok(Self {
            cluster,
            kinds,
            version,
            deadline,
            timeouts,
        })
    }

    /// Awaits a call until the deadline.
    pub(super) async fn within<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Fact<T> {
        within(self.deadline, self.timeouts, call).await
    }

    /// Lists a kind; a kind that is not served has no objects. Boxed: a gathering awaits twenty lists at once.
    pub(super) fn list_objects<'a>(
        &'a self,
        kind: Kind<'a>,
        namespace: Option<&'a str>,
        labels: &'a str,
    ) -> BoxFuture<'a, Fact<Vec<Object>>> {
        Box::pin(async move {
            if self.kinds.find(kind).is_none() {
                return Ok(Vec::new());
            }
            let call = self.cluster.list_objects(kind, namespace, labels);
            self.within(call).await
        })
    }

    /// Lists an Istio kind in the first of its versions that is served.
    pub(super) async fn list_istio(&self, group: &str, kind: &str) -> Fact<Vec<Object>> {
        for version in ["v1", "v1beta1", "v1alpha3", "v1alpha1"] {
            let api_version = format!("{group}/{version}");
            let kind = Kind::new(&api_version, kind);
            if self.kinds.find(kind).is_some() {
                return self.list_objects(kind, None, "").await;
            }
        }
        Ok(Vec::new())
    }

    /// Reads a ConfigMap.
    pub(super) async fn config_map(&self, namespace: &str, name: &str) -> Fact<Option<Object>> {
        let reference = Kind::CONFIG_MAP.object(Some(namespace), name);
        self.within(self.cluster.get(&reference)).await
    }
}

async fn within<T>(
    deadline: Instant,
    timeouts: Timeouts,
    call: impl Future<Output = Result<T, Error>>,
) -> Fact<T> {
    match timeout_at(deadline, call).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(Unknown::because(format!(
            "no answer within {} s",
            timeouts.cluster.as_secs()
        ))),
    }
}
