//! Istio in sandbox clusters: Pilot of Istio 1.0, istiod, sidecar injection, and the sample
//! application bookinfo.
//!
//! The control planes read the API servers that their remote Secrets name, with the tokens in
//! them; bookinfo calls its Services through their endpoints. Register [`extension`] with a
//! cluster, or start with [`control_plane`] and [`remote`]:
//!
//! ```
//! use sandbox::{Network, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let network = Network::new();
//! let primary = Sandbox::with_config(sandbox_istio::control_plane()).on_network(&network);
//! let remote = Sandbox::with_config(sandbox_istio::remote()).on_network(&network);
//! assert_ne!(primary.config().pod_cidr, remote.config().pod_cidr);
//! # }
//! ```

mod api_client;
mod bookinfo;
mod control_plane;
mod informer;
mod injection;
mod istiod;
mod kubeconfig;
mod manifests;
mod pilot;
mod proxy_statistics;
mod proxy_status;
mod registry;
mod remote_secrets;
mod service_call;
mod sidecar;
mod webhooks;
mod workload;

use std::sync::Arc;

use ipnet::Ipv4Net;
use sandbox::{ClusterConfig, Container, Extension, Program, image_name};

use injection::{Injector, InjectorProgram};
use istiod::Istiod;
pub use manifests::istiod;
use pilot::Pilot;
use sidecar::Sidecar;
use webhooks::WebhookController;

/// The programs of Istio and bookinfo, chosen by image, and sidecar injection.
pub fn extension() -> Extension {
    Extension::new()
        .with_programs(program)
        .with_controller(WebhookController)
}

/// The cluster in which the control plane of the mesh is installed, with [`extension`].
pub fn control_plane() -> ClusterConfig {
    let config = ClusterConfig {
        name: "istio-control-plane".to_owned(),
        pod_cidr: Ipv4Net::new_assert([172, 16, 0, 0].into(), 16),
        service_cidr: Ipv4Net::new_assert([172, 19, 0, 0].into(), 20),
        load_balancer_subnet: 1,
        ..ClusterConfig::default()
    };
    config.with_extension(extension())
}

/// The cluster that joins the mesh, with [`extension`].
pub fn remote() -> ClusterConfig {
    let config = ClusterConfig {
        name: "istio-remote1".to_owned(),
        pod_cidr: Ipv4Net::new_assert([172, 20, 0, 0].into(), 16),
        service_cidr: Ipv4Net::new_assert([172, 21, 0, 0].into(), 20),
        load_balancer_subnet: 2,
        ..ClusterConfig::default()
    };
    config.with_extension(extension())
}

/// The program of a container, if its image is one of Istio or bookinfo.
fn program(container: &Container<'_>) -> Option<Arc<dyn Program>> {
    if container.name() == "istio-proxy" {
        return Some(Arc::new(Sidecar::from_container(container)));
    }
    match image_name(container.image()) {
        "pilot" if container.pod["metadata"]["labels"]["app"] == "istiod" => {
            Some(Arc::new(Istiod::start(container)))
        }
        "sidecar_injector" => {
            let injector = Injector::of_mixer_generation(container)?;
            Some(Arc::new(InjectorProgram(injector)))
        }
        "pilot" => Some(Arc::new(Pilot::start(container.context()))),
        _ => bookinfo::program(container.image(), container.context()),
    }
}
