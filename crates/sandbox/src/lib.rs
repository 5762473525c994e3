//! A Kubernetes API in memory with simulated controllers and faults.
//!
//! Any client can talk to it: kube-rs over [`Sandbox::service`], kubectl and helm over
//! [`Sandbox::listen`]. No container runs in it: the controllers make pods ready, and simulated
//! programs answer on their ports. All state ends with the value. Start at [`Sandbox`].
//!
//! A user of the sandbox adds programs, admission plugins and controllers by an [`Extension`]:
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use futures::future::BoxFuture;
//! use http::{Request, Response};
//! use sandbox::{ClusterConfig, Extension, Program, Sandbox, image_name};
//!
//! /// A web server that greets on port 8080.
//! #[derive(Debug)]
//! struct Greeter;
//!
//! impl Program for Greeter {
//!     fn listens_on(&self, port: u16) -> bool {
//!         port == 8080
//!     }
//!
//!     fn respond(&self, _request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
//!         Box::pin(async { Response::new("hello".into()) })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let greeters = Extension::new().with_programs(|container| {
//!     let is_greeter = image_name(container.image()) == "greeter";
//!     is_greeter.then(|| Arc::new(Greeter) as Arc<dyn Program>)
//! });
//! let sandbox = Sandbox::with_config(ClusterConfig::default().with_extension(greeters));
//! let client = kube::Client::new(sandbox.service(), "default");
//! let version = client.apiserver_version().await.expect("the API server responds");
//! assert_eq!(version.git_version, sandbox.config().version);
//! # }
//! ```

mod access;
mod admission;
mod admission_server;
mod api_status;
mod apply;
mod cluster;
mod config;
mod controllers;
mod custom;
mod decode;
mod defaults;
mod discovery;
mod extension;
mod fault;
mod kinds;
mod listen;
mod node_usage;
pub mod object;
mod object_map;
mod openapi;
mod patch;
mod port_forward;
mod problems;
mod process;
mod programs;
mod protobuf;
mod quantity;
mod representation;
mod request;
mod rest;
mod schema;
mod selector;
mod service;
mod table;
mod validate;
mod webhooks;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use admission_server::{AdmissionContext, AdmissionServer, ServingCa, ServingCertificate};
pub use api_status::ApiStatus;
use bytes::Bytes;
use cluster::Cluster;
pub use cluster::Network;
pub use config::{ClusterConfig, Timing};
pub use extension::{Admission, Controller, ControllerContext, Extension};
pub use fault::RequestFault;
use fault::{RequestHook, WriteHook};
pub use listen::{HttpsServer, ListenError, kubeconfig};
use process::FunctionProgram;
pub use process::Program;
pub use programs::{Container, DialError, PodContext, image_name, image_tag, response};
pub use selector::selector_matches;
pub use service::ApiService;

/// One simulated cluster; it ends with the last handle to it and its services.
#[derive(Clone, Debug)]
pub struct Sandbox {
    running: Arc<RunningCluster>,
}

/// A cluster whose controllers run until this value is dropped.
#[derive(Debug)]
pub(crate) struct RunningCluster {
    pub(crate) cluster: Arc<Cluster>,
}

impl Drop for RunningCluster {
    fn drop(&mut self) {
        self.cluster.ended.cancel();
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// A cluster named `sandbox` with three nodes. Must be called inside a tokio runtime.
    pub fn new() -> Self {
        Self::with_config(ClusterConfig::default())
    }

    /// A cluster with this configuration. Must be called inside a tokio runtime.
    pub fn with_config(config: ClusterConfig) -> Self {
        let cluster = Arc::new(Cluster::new(config));
        cluster.join_network(&Network::new());
        controllers::bootstrap(&cluster);
        tokio::spawn(controllers::run(cluster.clone()));
        Self {
            running: Arc::new(RunningCluster { cluster }),
        }
    }

    /// The same cluster with its pods on this network, which other clusters may share.
    #[must_use]
    pub fn on_network(self, network: &Network) -> Self {
        self.running.cluster.join_network(network);
        self
    }

    /// The API with the permissions of the administrator.
    pub fn service(&self) -> ApiService {
        ApiService::for_admin(self.running.clone())
    }

    /// The API with the permissions of the owner of a bearer token.
    pub fn service_with_token(&self, token: &str) -> ApiService {
        ApiService::for_token(self.running.clone(), token)
    }

    /// A new token for a user in some groups; its permissions are those of the role bindings.
    pub fn token_for(&self, user: &str, groups: &[&str]) -> String {
        self.running.cluster.lock().tokens.for_user(user, groups)
    }

    /// The token of the administrator.
    pub fn admin_token(&self) -> String {
        self.running.cluster.lock().tokens.admin().to_owned()
    }

    /// The configuration of the cluster.
    pub fn config(&self) -> &ClusterConfig {
        &self.running.cluster.config
    }

    /// The number of objects that each built-in controller has reconciled, by its name: what a test
    /// counts instead of time.
    pub fn reconciliations(&self) -> BTreeMap<&'static str, u64> {
        self.running.cluster.lock().reconciliations.clone()
    }

    /// The number of watch requests for a resource, by its plural, and how many of the watches are open: what a
    /// test of a client counts.
    pub fn watches(&self, resource: &str) -> (u64, usize) {
        let state = self.running.cluster.lock();
        let found = state.watches.get(resource);
        found.map_or((0, 0), |watches| {
            (watches.requests, Arc::strong_count(&watches.open) - 1)
        })
    }

    /// Refuses the next create, update or patch of a resource, by its plural, once.
    pub fn refuse_next(&self, resource: &str) {
        self.running.cluster.lock().faults.refuse_next(resource);
    }

    /// Makes every read of a resource fail, by its plural, as if its storage did not answer.
    pub fn fail_reads(&self, resource: &str) {
        self.running.cluster.lock().faults.fail_reads(resource);
    }

    /// Makes the reads of a resource succeed again.
    pub fn restore_reads(&self, resource: &str) {
        self.running.cluster.lock().faults.restore_reads(resource);
    }

    /// Makes the pull of images fail whose reference contains this text.
    ///
    /// A client requests the same by the ConfigMap `sandbox-faults` in `kube-system`, whose key
    /// `fail-image-pull` lists such texts.
    pub fn fail_image_pull(&self, part: &str) {
        self.running.cluster.lock().faults.fail_image_pull(part);
    }

    /// Makes the pull of these images succeed again.
    pub fn restore_image_pull(&self, part: &str) {
        self.running.cluster.lock().faults.restore_image_pull(part);
    }

    /// Calls `hook` with the method and the path after each write of a client, before the response: a
    /// test of crashes ends the client in it. Dry runs and access reviews are no writes.
    pub fn after_writes(&self, hook: impl Fn(&str, &str) + Send + Sync + 'static) {
        let mut state = self.running.cluster.lock();
        state.faults.set_after_write(WriteHook(Arc::new(hook)));
    }

    /// Calls `hook` with the method, and the path with its query, before each request of a client: it decides what
    /// happens to the request.
    pub fn before_requests(
        &self,
        hook: impl Fn(&str, &str) -> Option<RequestFault> + Send + Sync + 'static,
    ) {
        let mut state = self.running.cluster.lock();
        let hook = RequestHook(Arc::new(hook));
        state.faults.set_before_request(Some(hook));
    }

    /// Handles all requests again.
    pub fn restore_requests(&self) {
        self.running.cluster.lock().faults.set_before_request(None);
    }

    /// Adds a program: pods with an image whose reference contains this text respond on a port,
    /// through port-forward, with a function.
    ///
    /// Pods that already run keep their programs.
    pub fn add_program(
        &self,
        image: &str,
        port: u16,
        handler: impl Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static,
    ) {
        let mut state = self.running.cluster.lock();
        let program = FunctionProgram::new(image, port, handler);
        state.programs.functions.push(program);
    }

    /// Adds a program that serves admission webhooks in the pods with an image whose reference
    /// contains this text: a function returns the response to the path and the request of an
    /// `AdmissionReview`.
    pub fn add_webhook(
        &self,
        image: &str,
        port: u16,
        certificate: ServingCertificate,
        review: impl Fn(&str, &serde_json::Value) -> serde_json::Value + Send + Sync + 'static,
    ) {
        let mut state = self.running.cluster.lock();
        let program = FunctionProgram::webhook(image, port, certificate, review);
        state.programs.functions.push(program);
    }

    /// Serves the API over HTTPS; `127.0.0.1:0` chooses a free port.
    ///
    /// # Errors
    /// [`ListenError::Bind`] when the address is not available, [`ListenError::Certificate`] when
    /// no certificate can be created for it.
    pub async fn listen(&self, address: &str) -> Result<HttpsServer, ListenError> {
        HttpsServer::start(self.running.clone(), address).await
    }
}
