//! A workload of the sample application: its pod and the endpoints that its sidecar received.
//!
//! Start at [`Workload`].

use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use sandbox::PodContext;

use crate::control_plane::served_mesh;
use crate::proxy_status::proxy_container;
use crate::registry::Mesh;

/// A workload that calls other Services.
#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) pod: PodContext,
    /// The endpoints that a control plane distributed last.
    last_mesh: Mutex<Option<Mesh>>,
    call_count: AtomicUsize,
}

impl Workload {
    pub(crate) fn new(pod: PodContext) -> Self {
        Self {
            pod,
            last_mesh: Mutex::default(),
            call_count: AtomicUsize::default(),
        }
    }

    /// Whether the pod has a sidecar.
    pub(crate) fn has_sidecar(&self) -> bool {
        let pod = &self.pod;
        let pod = pod.object("pods", pod.namespace(), pod.name());
        pod.is_some_and(|pod| proxy_container(&pod).is_some())
    }

    /// The endpoints that a control plane of the cluster distributes, or distributed last.
    pub(crate) fn mesh(&self) -> Option<Mesh> {
        let programs = self.pod.programs();
        let update = programs
            .iter()
            .find_map(|program| served_mesh(program.as_ref()));
        let mut mesh = self.last_mesh.lock();
        if update.is_some() {
            mesh.clone_from(&update);
        }
        mesh.clone()
    }

    /// The next of several endpoints, in turn.
    pub(crate) fn next<'a, T>(&self, endpoints: &'a [T]) -> Option<&'a T> {
        let turn = self.call_count.fetch_add(1, Ordering::Relaxed);
        endpoints.get(turn.checked_rem(endpoints.len())?)
    }
}
