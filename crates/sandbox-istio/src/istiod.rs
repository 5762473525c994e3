//! istiod: reads the clusters of its remote Secrets and serves their endpoints.
//!
//! A Secret is processed when it is created or changed. The name of the own cluster and a name of
//! another Secret are ignored. After a change of a kubeconfig the old client stays until the new
//! one is synced. Start at [`Istiod::start`]; the endpoints are in [`endpoint_shards`].

mod endpoint_shards;

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use parking_lot::Mutex;
use sandbox::{AdmissionServer, Container, PodContext, Program, object, response};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::api_client::ApiClient;
use crate::informer::{ClusterApi, Informer, changed};
use crate::injection::Injector;
use crate::kubeconfig::Kubeconfig;
use crate::proxy_status;
use crate::registry::{ISTIOD_RESOURCES, Mesh, Registry};
use crate::remote_secrets;

/// The ports of the debug interface: HTTP, and that of the metrics.
const DEBUG_PORTS: [u16; 2] = [8080, 15014];

/// How long istiod waits for a remote cluster by default.
const DEFAULT_SYNC_TIMEOUT: Duration = Duration::from_secs(30);

/// How often a new client is checked until it is synced.
const SYNC_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// The control plane since Istio 1.5.
#[derive(Debug)]
pub(crate) struct Istiod {
    pod: PodContext,
    cluster_id: String,
    sync_timeout: Duration,
    local: Informer,
    remotes: Mutex<Vec<RemoteCluster>>,
    injector: Option<Injector>,
}

/// A cluster with a remote Secret.
#[derive(Debug)]
struct RemoteCluster {
    id: String,
    secret_name: String,
    config: Kubeconfig,
    informer: Informer,
    /// The informer that replaces the current one once it is synced.
    replacement: Option<Informer>,
}

impl Istiod {
    pub(crate) fn start(container: &Container<'_>) -> Self {
        let cluster_id = variable(container.pod, "CLUSTER_ID").unwrap_or("Kubernetes");
        let sync_timeout = variable(container.pod, "PILOT_REMOTE_CLUSTER_TIMEOUT")
            .and_then(|text| text.strip_suffix('s')?.parse().ok())
            .map_or(DEFAULT_SYNC_TIMEOUT, Duration::from_secs);
        let pod = container.context();
        Self {
            cluster_id: cluster_id.to_owned(),
            sync_timeout,
            local: Informer::start(ClusterApi::Local(pod.clone()), ISTIOD_RESOURCES),
            remotes: Mutex::new(Vec::new()),
            injector: Injector::of_istiod(container),
            pod,
        }
    }

    /// Processes new and changed Secrets, and removes the clusters of deleted ones.
    async fn process_secrets(&self, processed: &mut BTreeMap<String, String>) {
        let Some(secrets) = remote_secrets::list(&self.pod).await else {
            return;
        };
        let exists = |name: &str| secrets.iter().any(|secret| object::name(secret) == name);
        processed.retain(|name, _| exists(name));
        self.remotes
            .lock()
            .retain(|remote| exists(&remote.secret_name));
        for secret in &secrets {
            let name = object::name(secret).to_owned();
            let revision = object::text(secret, "/metadata/resourceVersion").to_owned();
            if processed.insert(name, revision.clone()) != Some(revision) {
                self.process_secret(secret);
            }
        }
    }

    fn process_secret(&self, secret: &Value) {
        let name = object::name(secret);
        let keys = &secret["data"];
        let mut remotes = self.remotes.lock();
        remotes.retain(|remote| remote.secret_name != name || !keys[&remote.id].is_null());
        for (id, config) in remote_secrets::kubeconfigs(secret) {
            let existing = remotes.iter_mut().find(|remote| remote.id == id);
            let is_of_other_secret = existing
                .as_ref()
                .is_some_and(|remote| remote.secret_name != name);
            let is_unchanged = existing
                .as_ref()
                .is_some_and(|remote| remote.config == config);
            if id == self.cluster_id || is_of_other_secret || is_unchanged || config.is_insecure {
                continue;
            }
            let Some(client) = ApiClient::new(&config) else {
                continue;
            };
            let informer = Informer::start(ClusterApi::Remote(Box::new(client)), ISTIOD_RESOURCES);
            match existing {
                Some(remote) => {
                    remote.config = config;
                    remote.replacement = Some(informer);
                }
                None => remotes.push(RemoteCluster {
                    id,
                    secret_name: name.to_owned(),
                    config,
                    informer,
                    replacement: None,
                }),
            }
        }
    }

    /// Replaces informers by their synced replacements; false while some are not synced.
    fn replace_synced_informers(&self) -> bool {
        let mut remotes = self.remotes.lock();
        for remote in remotes.iter_mut() {
            let is_synced = |informer: &mut Informer| informer.is_synced();
            if let Some(replacement) = remote.replacement.take_if(is_synced) {
                remote.informer = replacement;
            }
        }
        remotes.iter().all(|remote| remote.replacement.is_none())
    }

    async fn watch_secrets(&self, mut latest: watch::Receiver<u64>) {
        let mut processed = BTreeMap::new();
        loop {
            self.process_secrets(&mut processed).await;
            // One future for all checks: a future that is dropped may have consumed a change.
            let mut next = pin!(changed(&mut latest));
            loop {
                if self.replace_synced_informers() {
                    if !next.as_mut().await {
                        return;
                    }
                    break;
                }
                match tokio::time::timeout(SYNC_CHECK_INTERVAL, next.as_mut()).await {
                    Ok(true) => break,
                    Ok(false) => return,
                    Err(_) => {}
                }
            }
        }
    }

    fn sync_status(&self, informer: &Informer) -> &'static str {
        if informer.is_synced() {
            "synced"
        } else if informer.age() < self.sync_timeout {
            "syncing"
        } else {
            "timeout"
        }
    }

    /// The response to `/debug/clusterz`: the local cluster first.
    fn clusters(&self) -> Value {
        let local = json!({"id": self.cluster_id, "syncStatus": self.sync_status(&self.local)});
        let mut clusters = vec![local];
        clusters.extend(self.remotes.lock().iter().map(|remote| {
            json!({
                "id": remote.id,
                "secretName": format!("{}/{}", self.pod.namespace(), remote.secret_name),
                "syncStatus": self.sync_status(&remote.informer),
            })
        }));
        json!(clusters)
    }

    /// The name and registry of each cluster, the local one first.
    fn registries(&self) -> Vec<(String, Registry)> {
        let mut registries = vec![(self.cluster_id.clone(), self.local.registry())];
        let loses_endpoints = self.pod.loses_endpoints();
        let remotes = self.remotes.lock();
        registries.extend(remotes.iter().map(|remote| {
            let mut registry = remote.informer.registry();
            if loses_endpoints {
                registry.lists.remove("endpointslices");
            }
            (remote.id.clone(), registry)
        }));
        registries
    }

    /// The endpoints that istiod distributes to its sidecars.
    pub(crate) fn mesh(&self) -> Mesh {
        let registries = self.registries().into_iter();
        Mesh {
            clusters: registries.map(|(_, registry)| registry).collect(),
        }
    }

    fn is_ready(&self) -> bool {
        let is_syncing = |informer: &Informer| self.sync_status(informer) == "syncing";
        let remotes = self.remotes.lock();
        let mut remotes = remotes.iter();
        !is_syncing(&self.local) && !remotes.any(|remote| is_syncing(&remote.informer))
    }
}

/// An environment variable of the first container of a pod.
fn variable<'a>(pod: &'a Value, name: &str) -> Option<&'a str> {
    object::items(pod, "/spec/containers/0/env")
        .find(|variable| variable["name"] == name)
        .and_then(|variable| variable["value"].as_str())
        .filter(|value| !value.is_empty())
}

impl Program for Istiod {
    fn listens_on(&self, port: u16) -> bool {
        DEBUG_PORTS.contains(&port)
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            match request.uri().path() {
                "/ready" if self.is_ready() => response::text(StatusCode::OK, ""),
                "/ready" => response::text(StatusCode::SERVICE_UNAVAILABLE, ""),
                "/debug/clusterz" => response::json(StatusCode::OK, &self.clusters()),
                "/debug/syncz" => {
                    let status = proxy_status::sync_status(&self.registries());
                    response::json(StatusCode::OK, &status)
                }
                "/debug/endpointShardz" | "/debug/endpointz" => {
                    let namespace = self.pod.namespace();
                    let shards = endpoint_shards::shards(&self.registries(), namespace);
                    response::json(StatusCode::OK, &shards)
                }
                _ => response::not_found(),
            }
        }
        .boxed()
    }

    fn admission_server(&self) -> Option<&dyn AdmissionServer> {
        let injector = self.injector.as_ref()?;
        Some(injector)
    }

    fn run(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let work = async move {
            if let Some(latest) = self.pod.resource_version() {
                self.watch_secrets(latest).await;
            }
        };
        Some(work.boxed())
    }
}
