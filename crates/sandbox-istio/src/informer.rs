//! Keeps the registry of a cluster up to date: a task lists all resources again after a change.
//!
//! A list request that fails keeps the previous objects, as a broken watch does. Start at
//! [`Informer::start`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use sandbox::{PodContext, object};
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::api_client::{ApiClient, RequestError};
use crate::registry::Registry;

/// How often a remote cluster is asked for changes.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// How long changes of the local cluster are collected.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// A registry that follows its cluster until it is dropped.
#[derive(Debug)]
pub(crate) struct Informer {
    registry: Arc<Mutex<Registry>>,
    resources: Resources,
    started: Instant,
    _task: AbortOnDropHandle<()>,
}

/// The resources to list, each with its path.
type Resources = &'static [(&'static str, &'static str)];

/// The API of a cluster.
#[derive(Debug)]
pub(crate) enum ClusterApi {
    /// The cluster of the control plane.
    Local(PodContext),
    /// A cluster with a remote Secret.
    Remote(Box<ApiClient>),
}

impl Informer {
    pub(crate) fn start(api: ClusterApi, resources: Resources) -> Self {
        let registry = Arc::new(Mutex::new(Registry::default()));
        let task = tokio::spawn(run(api, resources, registry.clone()));
        Self {
            registry,
            resources,
            started: Instant::now(),
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// The current objects.
    pub(crate) fn registry(&self) -> Registry {
        self.registry.lock().clone()
    }

    /// Whether every resource was listed at least once.
    pub(crate) fn is_synced(&self) -> bool {
        self.registry.lock().lists.len() == self.resources.len()
    }

    /// The time since the start.
    pub(crate) fn age(&self) -> Duration {
        self.started.elapsed()
    }
}

impl ClusterApi {
    async fn get(&mut self, path: &str) -> Result<Value, RequestError> {
        match self {
            Self::Local(pod) => pod.get(path).await.ok_or(RequestError::Rejected),
            Self::Remote(client) => client.get(path).await,
        }
    }
}

async fn run(mut api: ClusterApi, resources: Resources, registry: Arc<Mutex<Registry>>) {
    let mut latest = match &api {
        ClusterApi::Local(pod) => pod.resource_version(),
        ClusterApi::Remote(_) => None,
    };
    let mut last_revision = String::new();
    loop {
        list_if_changed(&mut api, resources, &registry, &mut last_revision).await;
        match &mut latest {
            Some(latest) => {
                if !changed(latest).await {
                    return;
                }
            }
            None if matches!(api, ClusterApi::Remote(_)) => {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
            None => return,
        }
    }
}

/// Waits for changes of a cluster and collects those that follow at once; false when the cluster
/// ended.
pub(crate) async fn changed(latest: &mut watch::Receiver<u64>) -> bool {
    if latest.changed().await.is_err() {
        return false;
    }
    tokio::time::sleep(DEBOUNCE).await;
    latest.mark_unchanged();
    true
}

/// Lists all resources again if the revision of the cluster changed.
async fn list_if_changed(
    api: &mut ClusterApi,
    resources: Resources,
    registry: &Mutex<Registry>,
    last_revision: &mut String,
) {
    let revision = match api.get("/api/v1/services?limit=1").await {
        Ok(list) => object::text(&list, "/metadata/resourceVersion").to_owned(),
        Err(RequestError::Unreachable) => return,
        Err(RequestError::Rejected) => String::new(),
    };
    if !revision.is_empty() && revision == *last_revision {
        return;
    }
    let mut is_complete = true;
    for (resource, path) in resources {
        let Ok(mut list) = api.get(path).await else {
            is_complete = false;
            continue;
        };
        let items: Vec<Value> = serde_json::from_value(list["items"].take()).unwrap_or_default();
        registry.lock().lists.insert(resource, Arc::new(items));
    }
    // A rejected list request is sent again.
    *last_revision = if is_complete { revision } else { String::new() };
}
