//! Injected faults, requested by a test or a client.
//!
//! The message of a refused request names the sandbox as the cause. A client requests failing
//! image pulls by the ConfigMap `sandbox-faults` in `kube-system`: its key `fail-image-pull` lists
//! parts of image references, separated by commas. Start at [`Faults`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::object;
use crate::object_map::ObjectMap;

/// The ConfigMap in kube-system by which a client requests faults.
const FAULTS_CONFIG_MAP: &str = "sandbox-faults";

/// The faults of one cluster.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    refused_resources: Vec<String>,
    failing_reads: BTreeSet<String>,
    failing_images: BTreeSet<String>,
    after_write: Option<WriteHook>,
}

type OnWrite = dyn Fn(&str, &str) + Send + Sync;

/// Called after a write of a client, before its response, with the method and the path.
#[derive(Clone)]
pub(crate) struct WriteHook(pub(crate) Arc<OnWrite>);

impl fmt::Debug for WriteHook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WriteHook")
    }
}

impl Faults {
    pub(crate) fn set_after_write(&mut self, hook: WriteHook) {
        self.after_write = Some(hook);
    }

    pub(crate) fn after_write(&self) -> Option<WriteHook> {
        self.after_write.clone()
    }

    pub(crate) fn refuse_next(&mut self, resource: &str) {
        self.refused_resources.push(resource.to_owned());
    }

    /// Whether this write is refused; the fault is removed with this call.
    pub(crate) fn take_refusal(&mut self, plural: &str, id: &str) -> bool {
        let position = self
            .refused_resources
            .iter()
            .position(|resource| resource == plural || resource == id);
        position
            .map(|position| self.refused_resources.remove(position))
            .is_some()
    }

    pub(crate) fn fail_reads(&mut self, resource: &str) {
        self.failing_reads.insert(resource.to_owned());
    }

    pub(crate) fn restore_reads(&mut self, resource: &str) {
        self.failing_reads.remove(resource);
    }

    /// Whether this resource cannot be read.
    pub(crate) fn fails_read(&self, plural: &str) -> bool {
        self.failing_reads.contains(plural)
    }

    pub(crate) fn fail_image_pull(&mut self, part: &str) {
        self.failing_images.insert(part.to_owned());
    }

    pub(crate) fn restore_image_pull(&mut self, part: &str) {
        self.failing_images.remove(part);
    }

    /// Whether the pull of an image fails, as requested by a test or a client.
    pub(crate) fn fails_image_pull(&self, objects: &ObjectMap, image: &str) -> bool {
        let mut parts = self.failing_images.iter();
        let config_map = objects.get("configmaps", "kube-system", FAULTS_CONFIG_MAP);
        parts.any(|part| image.contains(part.as_str()))
            || config_map.is_some_and(|config_map| {
                object::text(&config_map, "/data/fail-image-pull")
                    .split(',')
                    .map(str::trim)
                    .any(|part| !part.is_empty() && image.contains(part))
            })
    }
}
