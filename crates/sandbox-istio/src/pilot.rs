//! Pilot of Istio 1.0: reads the clusters of its remote Secrets and serves their endpoints.
//!
//! Pilot notices new and deleted Secrets, but not changed ones. Values that are no kubeconfig are
//! skipped, and of two Secrets with the same key the first one stays. Start at [`Pilot::start`].

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use parking_lot::Mutex;
use sandbox::{PodContext, Program, object, response};
use serde_json::{Value, json};

use crate::api_client::ApiClient;
use crate::informer::{ClusterApi, Informer, changed};
use crate::proxy_status;
use crate::registry::{Mesh, PILOT_RESOURCES, Registry};
use crate::remote_secrets;

/// The ports of discovery: plain HTTP first, then those that sidecars dial.
const PORTS: [u16; 6] = [8080, 15003, 15005, 15007, 15010, 15011];

/// The control plane of Istio 1.0.
#[derive(Debug)]
pub(crate) struct Pilot {
    pod: PodContext,
    local: Informer,
    remotes: Mutex<Vec<RemoteCluster>>,
}

/// A cluster with a remote Secret.
#[derive(Debug)]
struct RemoteCluster {
    id: String,
    /// The UID of its Secret.
    secret_uid: String,
    /// `None` when no client could be created from the kubeconfig.
    informer: Option<Informer>,
}

impl Pilot {
    pub(crate) fn start(pod: PodContext) -> Self {
        Self {
            local: Informer::start(ClusterApi::Local(pod.clone()), PILOT_RESOURCES),
            remotes: Mutex::new(Vec::new()),
            pod,
        }
    }

    /// Adds the clusters of new Secrets, and removes those of deleted ones.
    async fn process_secrets(&self, processed: &mut BTreeSet<String>) {
        let Some(secrets) = remote_secrets::list(&self.pod).await else {
            return;
        };
        let uids: BTreeSet<&str> = secrets.iter().map(object::uid).collect();
        processed.retain(|uid| uids.contains(uid.as_str()));
        self.remotes
            .lock()
            .retain(|remote| uids.contains(remote.secret_uid.as_str()));
        for secret in &secrets {
            if processed.insert(object::uid(secret).to_owned()) {
                self.add_clusters(secret);
            }
        }
    }

    fn add_clusters(&self, secret: &Value) {
        for (id, config) in remote_secrets::kubeconfigs(secret) {
            let mut remotes = self.remotes.lock();
            if remotes.iter().any(|remote| remote.id == id) {
                continue;
            }
            let informer = ApiClient::new(&config).map(|client| {
                Informer::start(ClusterApi::Remote(Box::new(client)), PILOT_RESOURCES)
            });
            remotes.push(RemoteCluster {
                id,
                secret_uid: object::uid(secret).to_owned(),
                informer,
            });
        }
    }

    /// The name and registry of each cluster, the local one first.
    fn registries(&self) -> Vec<(String, Registry)> {
        let mut registries = vec![("Kubernetes".to_owned(), self.local.registry())];
        let remotes = self.remotes.lock();
        registries.extend(
            remotes.iter().filter_map(|remote| {
                Some((remote.id.clone(), remote.informer.as_ref()?.registry()))
            }),
        );
        registries
    }

    /// The endpoints that Pilot distributes to its sidecars.
    pub(crate) fn mesh(&self) -> Mesh {
        let registries = self.registries().into_iter();
        Mesh {
            clusters: registries.map(|(_, registry)| registry).collect(),
        }
    }
}

impl Program for Pilot {
    fn listens_on(&self, port: u16) -> bool {
        PORTS.contains(&port)
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            match request.uri().path() {
                "/ready" => response::text(StatusCode::OK, ""),
                "/v1/registration" => response::json(StatusCode::OK, &self.mesh().registration()),
                "/debug/syncz" => {
                    let status = proxy_status::sync_status(&self.registries());
                    response::json(StatusCode::OK, &status)
                }
                "/debug/endpointz" => response::json(StatusCode::OK, &endpoints(&self.mesh())),
                _ => response::not_found(),
            }
        }
        .boxed()
    }

    fn run(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let work = async move {
            let Some(mut latest) = self.pod.resource_version() else {
                return;
            };
            let mut processed = BTreeSet::new();
            loop {
                self.process_secrets(&mut processed).await;
                if !changed(&mut latest).await {
                    return;
                }
            }
        };
        Some(work.boxed())
    }
}

/// Each Service with its endpoints; the list ends with an empty element, as that of Pilot does.
fn endpoints(mesh: &Mesh) -> Value {
    let mut endpoints = mesh.registration();
    if let Some(list) = endpoints.as_array_mut() {
        list.push(json!({}));
    }
    endpoints
}
