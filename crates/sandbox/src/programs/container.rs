//! The container for which a program is chosen, and the parts of image references.
//!
//! Start at [`Container`].

use serde_json::Value;

use super::PodContext;
use crate::object;

/// A container of a pod that starts.
#[derive(Debug)]
pub struct Container<'a> {
    /// The pod, as the API server stores it.
    pub pod: &'a Value,
    /// The entry of the container in the spec of the pod.
    pub spec: &'a Value,
    context: PodContext,
}

impl<'a> Container<'a> {
    pub(super) fn new(pod: &'a Value, spec: &'a Value, context: PodContext) -> Self {
        Self { pod, spec, context }
    }

    /// The name of the container.
    pub fn name(&self) -> &'a str {
        object::text(self.spec, "/name")
    }

    /// The image reference of the container.
    pub fn image(&self) -> &'a str {
        object::text(self.spec, "/image")
    }

    /// The access of the program to its pod and cluster.
    pub fn context(&self) -> PodContext {
        self.context.clone()
    }
}

/// The name of an image reference, without registry, folders, tag and digest.
pub fn image_name(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split([':', '@']).next().unwrap_or_default()
}

/// The tag of an image reference, `latest` by default.
pub fn image_tag(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split_once(':').map_or("latest", |(_, tag)| tag)
}
