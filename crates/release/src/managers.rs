//! The names of the field managers whose fields are those of a release.

use cluster::FIELD_MANAGER;

/// The field manager of Helm.
pub(crate) const HELM: &str = "helm";

/// Whether a field manager is one of the release: Helm, or an earlier version of the console.
pub(crate) fn is_own(manager: &str) -> bool {
    manager == HELM || manager == FIELD_MANAGER
}
