//! The newest revision of a release, without its manifest and values.

use release::{Release, ReleaseKey};
use wire::{Namespace, ReleaseName, Revision, Time, cluster::Role, release::ReleaseState};

/// The newest revision of a release, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedRelease {
    pub(crate) key: ReleaseKey,
    pub(crate) revision: Revision,
    pub(crate) state: ReleaseState,
    /// The name and version of its chart, if the record could be read.
    pub(crate) chart: Option<String>,
    /// The name of its chart alone, and its version.
    pub(crate) chart_version: (String, String),
    pub(crate) changed: Option<Time>,
    /// The role that its chart gives to a cluster in a mesh.
    pub(crate) role: Option<Role>,
}

impl ListedRelease {
    /// None when the record has an invalid name.
    pub(crate) fn of(release: &Release) -> Option<Self> {
        let part = release.chart.metadata.get("annotations");
        let part = part.and_then(|annotations| annotations.get(mesh::chart_annotations::PART));
        Some(Self {
            key: ReleaseKey {
                namespace: Namespace::new(release.namespace.clone()).ok()?,
                release: ReleaseName::new(release.name.clone()).ok()?,
            },
            revision: Revision(release.version),
            state: release.info.status.into(),
            chart: Some(release.chart.label()).filter(|label| label.len() > 1),
            chart_version: (
                release.chart.metadata("name").to_owned(),
                release.chart.metadata("version").to_owned(),
            ),
            changed: release.changed(),
            role: match part.and_then(serde_json::Value::as_str) {
                Some("control plane") => Some(Role::Primary),
                Some("remote") => Some(Role::Remote),
                _ => None,
            },
        })
    }
}
