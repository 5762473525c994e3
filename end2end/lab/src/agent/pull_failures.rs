//! What a test asks of the agent: which images cannot be pulled.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// The orders of one cluster.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    failing: Mutex<BTreeSet<String>>,
}

impl Orders {
    pub(crate) fn fail(&self, part: &str) {
        self.failing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(part.to_owned());
    }

    pub(crate) fn heal(&self, part: &str) {
        self.failing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(part);
    }

    /// Whether the pull of `image` is to fail.
    pub(crate) fn fails(&self, image: &str) -> bool {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing.iter().any(|part| image.contains(part.as_str()))
    }
}
