//! The access of a program to the pod it runs in and to the cluster around it.
//!
//! Requests to the API have the permissions of the ServiceAccount of the pod. What every pod has
//! without permissions (DNS, the network) is not checked. Start at [`PodContext`].

use std::net::IpAddr;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use http::{HeaderMap, Method};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::sync::watch;

use super::DialError;
use crate::access::Identity;
use crate::cluster::Cluster;
use crate::fault::Requested;
use crate::object;
use crate::process::Program;
use crate::request::{ApiRequest, Query};
use crate::rest;

/// The pod a program runs in. It does not keep the cluster alive.
#[derive(Clone, Debug)]
pub struct PodContext {
    cluster: Weak<Cluster>,
    namespace: String,
    name: String,
    service_account: String,
}

impl PodContext {
    pub(super) fn new(cluster: &Arc<Cluster>, pod: &Value) -> Self {
        let service_account = object::text(pod, "/spec/serviceAccountName");
        Self {
            cluster: Arc::downgrade(cluster),
            namespace: object::namespace(pod).to_owned(),
            name: object::name(pod).to_owned(),
            service_account: if service_account.is_empty() {
                "default".to_owned()
            } else {
                service_account.to_owned()
            },
        }
    }

    /// The namespace of the pod.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name of the pod.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// An object of the cluster, by plural and group such as `deployments.apps`, as the kubelet
    /// and the DNS server know it: permissions are not checked.
    pub fn object(&self, kind: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let cluster = self.cluster.upgrade()?;
        let state = cluster.lock();
        state.objects.get(kind, namespace, name)
    }

    /// All running programs of the cluster.
    pub fn programs(&self) -> Vec<Arc<dyn Program>> {
        let cluster = self.cluster.upgrade();
        cluster.map_or_else(Vec::new, |cluster| cluster.lock().programs.all())
    }

    /// Connects to the program that listens at an address of the pod network.
    ///
    /// # Errors
    /// [`DialError::NoRoute`] when no pod has the address, [`DialError::ConnectionRefused`] when
    /// nothing listens on the port or the pod does not accept connections.
    pub fn dial(&self, address: &str, port: u16) -> Result<Arc<dyn Program>, DialError> {
        let cluster = self.cluster.upgrade().ok_or(DialError::NoRoute)?;
        let network = cluster.network();
        drop(cluster);
        network.dial(address, port)
    }

    /// The programs that an address of the pod network may lead to.
    ///
    /// For the address of a pod, these are its programs that listen on the port; for the address
    /// and port of a load balancer, all programs of its cluster.
    pub fn backends(&self, address: &str, port: u16) -> Vec<Arc<dyn Program>> {
        let network = self.cluster.upgrade().map(|cluster| cluster.network());
        network.map_or_else(Vec::new, |network| network.backends(address, port))
    }

    /// Whether an address accepts connections; an address outside the clusters of the network is
    /// assumed to.
    pub fn can_connect(&self, address: IpAddr, port: u16) -> bool {
        let network = self.cluster.upgrade().map(|cluster| cluster.network());
        let accepts = network.and_then(|network| network.accepts_connections(address, port));
        accepts.unwrap_or(true)
    }

    /// Whether the istiod in this pod has no endpoint of its remote clusters, a fault on request.
    pub fn loses_endpoints(&self) -> bool {
        self.cluster.upgrade().is_some_and(|cluster| {
            let state = cluster.lock();
            Requested::read(&state.objects).loses_endpoints(&self.name)
        })
    }

    /// The latest resource version of the cluster, as a channel; `None` when the cluster ended.
    pub fn resource_version(&self) -> Option<watch::Receiver<u64>> {
        let cluster = self.cluster.upgrade()?;
        let state = cluster.lock();
        Some(state.objects.subscribe())
    }

    /// Sends a GET request to the API with the permissions of the ServiceAccount of the pod;
    /// `None` when the request fails.
    pub async fn get(&self, path: &str) -> Option<Value> {
        let response = {
            let cluster = self.cluster.upgrade()?;
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let request = ApiRequest {
                method: Method::GET,
                path: path.to_owned(),
                query: Query::parse(query),
                headers: HeaderMap::new(),
                body: Bytes::new(),
                identity: Identity::service_account(&self.namespace, &self.service_account, ""),
                received: cluster.time(),
            };
            rest::handle(&cluster, &request).ok()?
        };
        let body = response.into_body().collect().await.ok()?;
        serde_json::from_slice(&body.to_bytes()).ok()
    }
}
