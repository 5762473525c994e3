//! The images whose pull fails, as set by a test.

use parking_lot::Mutex;
use std::collections::BTreeSet;

/// The image pull failures of one cluster.
#[derive(Debug, Default)]
pub(crate) struct PullFailures {
    parts: Mutex<BTreeSet<String>>,
}

impl PullFailures {
    /// Makes the pull of images fail whose name contains `part`.
    pub(crate) fn add(&self, part: &str) {
        self.parts.lock().insert(part.to_owned());
    }

    /// Makes the pull of those images succeed again.
    pub(crate) fn remove(&self, part: &str) {
        self.parts.lock().remove(part);
    }

    /// Whether the pull of `image` fails.
    pub(crate) fn contains(&self, image: &str) -> bool {
        let parts = self.parts.lock();
        parts.iter().any(|part| image.contains(part.as_str()))
    }
}
