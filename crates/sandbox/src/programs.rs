//! The simulated programs that run in the pods of a sandbox, and their access to the cluster.
//!
//! Each container of a running pod may have a [`Program`]. A program starts when its pod is first
//! seen running and ends with the pod. Start at [`of_pod`].

mod container;
mod dial;
mod pod_context;
mod reachability;
pub mod response;
mod tcp_probe;

use std::sync::Arc;

use serde_json::Value;

pub use container::{Container, image_name, image_tag};
pub use dial::DialError;
pub use pod_context::PodContext;
pub(crate) use reachability::{reconcile_pod, reconcile_service};
use tcp_probe::TcpProbe;

use crate::cluster::{Cluster, State};
use crate::object;
use crate::process::{Program, RunningProgram};

/// Chooses the program of a container; `None` when the factory has none for it.
pub(crate) type ProgramFactory = dyn Fn(&Container<'_>) -> Option<Arc<dyn Program>> + Send + Sync;

/// The programs of a pod, which are started if necessary; a pod that is not running has none.
pub(crate) fn of_pod(
    cluster: &Arc<Cluster>,
    state: &mut State,
    pod: &Value,
) -> Vec<RunningProgram> {
    if !is_running(pod) {
        return Vec::new();
    }
    if let Some(running) = state.programs.of_pod(pod) {
        return running;
    }
    let sidecars = object::items(pod, "/spec/initContainers")
        .filter(|container| container["restartPolicy"] == "Always");
    let containers = object::items(pod, "/spec/containers").chain(sidecars);
    let programs = containers.filter_map(|spec| {
        let container = Container::new(pod, spec, PodContext::new(cluster, pod));
        program(cluster, state, &container)
    });
    let programs = programs.collect();
    state.programs.start(pod, programs);
    state.programs.of_pod(pod).unwrap_or_default()
}

/// The program of a container: an added one, a built-in one, or one of an extension.
fn program(
    cluster: &Cluster,
    state: &State,
    container: &Container<'_>,
) -> Option<Arc<dyn Program>> {
    if let Some(function) = state.programs.function(container.image()) {
        return Some(Arc::new(function.clone()));
    }
    if let Some(probe) = TcpProbe::from_container(container) {
        return Some(Arc::new(probe));
    }
    let factories = cluster.config.extensions.iter();
    factories
        .flat_map(|extension| &extension.programs)
        .find_map(|factory| factory(container))
}

/// Whether the containers of a pod run: none of them waits to start again.
pub(crate) fn is_running(pod: &Value) -> bool {
    let mut statuses = object::items(pod, "/status/containerStatuses");
    object::text(pod, "/status/phase") == "Running"
        && statuses.all(|status| status.pointer("/state/waiting").is_none())
}
