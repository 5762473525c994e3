//! The images whose pull fails, as set by a test.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// The image pull failures of one cluster.
#[derive(Debug, Default)]
pub(crate) struct PullFailures {
    parts: Mutex<BTreeSet<String>>,
}

impl PullFailures {
    /// Makes the pull of images fail whose name contains `part`.
    pub(crate) fn add(&self, part: &str) {
        self.parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(part.to_owned());
    }

    /// Makes the pull of those images succeed again.
    pub(crate) fn remove(&self, part: &str) {
        self.parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(part);
    }

    /// Whether the pull of `image` fails.
    pub(crate) fn contains(&self, image: &str) -> bool {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.iter().any(|part| image.contains(part.as_str()))
    }
}
