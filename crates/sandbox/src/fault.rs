//! Faults a test or a demonstration asks for.
//!
//! A refused request names the sandbox as the cause, so nobody looks for it elsewhere. Start at
//! [`Faults`]. A client outside asks for failing pulls with the ConfigMap `sandbox-faults` in
//! `kube-system`: its key `fail-image-pull` lists parts of image names, parted by commas.

use std::collections::BTreeSet;

use crate::object;
use crate::world::State;

/// The ConfigMap in kube-system through which a client asks for faults.
const FAULTS: &str = "sandbox-faults";

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

impl State {
    /// Whether the pull of an image fails, as a test or a client asked.
    pub(crate) fn cannot_pull(&self, image: &str) -> bool {
        let asked = self.store.get("configmaps", "kube-system", FAULTS);
        self.faults.fails(image)
            || asked.is_some_and(|asked| {
                object::text(&asked, "/data/fail-image-pull")
                    .split(',')
                    .map(str::trim)
                    .any(|part| !part.is_empty() && image.contains(part))
            })
    }
}
