//! An in-memory Kubernetes API with pretend controllers and faults.
//!
//! Any client can talk to it: kube-rs over [`Sandbox::service`], kubectl and helm over
//! [`Sandbox::listen`]. No container runs in it: pods become ready because a controller says so,
//! and a few pretend programs answer on their ports. All state ends with the value. Start at
//! [`Sandbox`].

mod access;
mod apply;
mod defaults;
mod discovery;
mod fault;
mod forward;
mod inject;
mod inside;
mod istiod;
mod kinds;
mod life;
mod listen;
mod network;
mod object;
mod openapi;
mod patch;
mod protobuf;
mod refusal;
mod request;
mod rest;
mod schema;
mod select;
mod service;
mod shape;
mod store;
mod table;
mod typed;
mod validate;
mod watch;
mod world;
mod write;

use std::sync::Arc;

use bytes::Bytes;
pub use istiod::istiod;
pub use listen::{ListenError, Listening, kubeconfig};
pub use network::Network;
pub use service::Service;
pub use shape::{Pace, Shape};
use world::World;

/// One pretend cluster; it ends with the last handle to it or its services.
#[derive(Clone, Debug)]
pub struct Sandbox {
    running: Arc<Running>,
}

/// A world and the task of its controllers, which ends with it.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) world: Arc<World>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.world.ended.cancel();
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// A cluster named `sandbox` with three nodes. Must be made inside a tokio runtime.
    pub fn new() -> Self {
        Self::of(Shape::default())
    }

    /// A cluster of this shape. Must be made inside a tokio runtime.
    pub fn of(shape: Shape) -> Self {
        let world = Arc::new(World::new(shape));
        world.join(&Network::new());
        life::begin(&world);
        tokio::spawn(life::run(world.clone()));
        Self {
            running: Arc::new(Running { world }),
        }
    }

    /// The same cluster with its pods on this network, where they reach those of others.
    #[must_use]
    pub fn on(self, network: &Network) -> Self {
        self.running.world.join(network);
        self
    }

    /// The API, asked as the cluster's administrator.
    pub fn service(&self) -> Service {
        Service::admin(self.running.clone())
    }

    /// The API, asked with a bearer token; rights are enforced.
    pub fn service_as(&self, token: &str) -> Service {
        Service::of_token(self.running.clone(), token)
    }

    /// A new token for a user in some groups, who has the rights its bindings give.
    pub fn token_for(&self, user: &str, groups: &[&str]) -> String {
        self.running.world.lock().tokens.for_user(user, groups)
    }

    /// The token of the cluster's administrator.
    pub fn admin_token(&self) -> String {
        self.running.world.lock().tokens.admin().to_owned()
    }

    /// What the cluster looks like.
    pub fn shape(&self) -> &Shape {
        &self.running.world.shape
    }

    /// Refuses the next create, update or patch of a resource, by its plural, once.
    pub fn refuse_next(&self, resource: &str) {
        self.running.world.lock().faults.refuse_next(resource);
    }

    /// Lets the pull of images fail whose name contains this.
    ///
    /// A client asks for the same with the ConfigMap `sandbox-faults` in `kube-system`, whose key
    /// `fail-image-pull` lists such parts.
    pub fn fail_image_pull(&self, part: &str) {
        self.running.world.lock().faults.fail_image(part);
    }

    /// Lets the pull of those images succeed again.
    pub fn heal_image_pull(&self, part: &str) {
        self.running.world.lock().faults.heal_image(part);
    }

    /// Lets pods answer on a port, through port-forward, where an image's name contains this.
    ///
    /// Pods that run already keep the programs they have.
    pub fn answer_in(
        &self,
        image: &str,
        port: u16,
        answer: impl Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync + 'static,
    ) {
        let mut state = self.running.world.lock();
        state
            .programs
            .stated
            .push(inside::Stated::new(image, port, answer));
    }

    /// Serves the API over HTTPS, `127.0.0.1:0` for a free port.
    ///
    /// # Errors
    /// [`ListenError::Bind`] when the address cannot be had, [`ListenError::Certificate`] when no
    /// certificate can be made for it.
    pub async fn listen(&self, address: &str) -> Result<Listening, ListenError> {
        Listening::start(self.running.clone(), address).await
    }
}
