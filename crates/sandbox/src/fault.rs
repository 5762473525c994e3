//! Faults a test or a demonstration asks for.
//!
//! A refused request names the sandbox as the cause, so nobody looks for it elsewhere. Start at
//! [`Faults`].

use std::collections::BTreeSet;

/// The faults of one cluster.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    refused: Vec<String>,
    images: BTreeSet<String>,
}

impl Faults {
    pub(crate) fn refuse_next(&mut self, resource: &str) {
        self.refused.push(resource.to_owned());
    }

    /// Whether this write is to be refused; asked once, it is forgotten.
    pub(crate) fn take(&mut self, plural: &str, id: &str) -> bool {
        let at = self
            .refused
            .iter()
            .position(|refused| refused == plural || refused == id);
        at.map(|at| self.refused.remove(at)).is_some()
    }

    pub(crate) fn fail_image(&mut self, part: &str) {
        self.images.insert(part.to_owned());
    }

    pub(crate) fn heal_image(&mut self, part: &str) {
        self.images.remove(part);
    }

    pub(crate) fn fails(&self, image: &str) -> bool {
        self.images.iter().any(|part| image.contains(part.as_str()))
    }
}
