//! Injected faults, requested by a test or a client.
//!
//! A test injects them by methods of [`Sandbox`](crate::Sandbox); a client requests them by the
//! ConfigMap `sandbox-faults` in `kube-system`. Start at [`Faults`] and [`Requested`].

mod keys;
mod requested;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::object_map::ObjectMap;
pub(crate) use requested::{
    NAME, NAMESPACE, Outage, Requested, check, concerns_faults, new_config_map,
};

/// The faults of one cluster.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    refused_resources: Vec<String>,
    failing_reads: BTreeSet<String>,
    failing_images: BTreeSet<String>,
    after_write: Option<WriteHook>,
    before_request: Option<RequestHook>,
    /// Whether no token is accepted now.
    pub(crate) tokens_expired: bool,
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

/// What happens to a request of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestFault {
    /// It is not handled, and answered with this status code.
    Status(u16),
    /// It is not handled, and its connection ends.
    ResetBefore,
    /// It is handled, and its connection ends before the response; a watch ends.
    ResetAfter,
    /// It is not handled, and never answered.
    Silence,
    /// It is handled after this time.
    Delay(Duration),
}

type OnRequest = dyn Fn(&str, &str) -> Option<RequestFault> + Send + Sync;

/// Called before a request of a client, with the method, and the path with its query.
#[derive(Clone)]
pub(crate) struct RequestHook(pub(crate) Arc<OnRequest>);

impl fmt::Debug for RequestHook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RequestHook")
    }
}

impl Faults {
    pub(crate) fn set_before_request(&mut self, hook: Option<RequestHook>) {
        self.before_request = hook;
    }

    pub(crate) fn before_request(&self) -> Option<RequestHook> {
        self.before_request.clone()
    }

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
        parts.any(|part| image.contains(part.as_str()))
            || Requested::read(objects).fails_image_pull(image)
    }
}
