//! The newest revision of a release, without its manifest and values.

use release::{CustomKinds, RecordHead, Release};
use std::sync::Arc;
use wire::{Revision, Time, cluster::Role, release::ReleaseState};

/// The newest revision of a release, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedRelease {
    /// What the labels of its record say.
    pub(crate) head: RecordHead,
    /// What the record says; none before it is read.
    pub(crate) content: Option<ListedContent>,
}

/// What a record says about its release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListedContent {
    /// The name and version of its chart, if the record could be read.
    pub(crate) chart: Option<String>,
    /// The name of its chart alone, and its version.
    pub(crate) chart_version: (String, String),
    pub(crate) changed: Option<Time>,
    /// The role that its chart gives to a cluster in a mesh.
    pub(crate) role: Option<Role>,
    /// The CRDs that it brings, and the kinds of its objects.
    pub(crate) kinds: Arc<CustomKinds>,
}

impl ListedContent {
    pub(crate) fn of(release: &Release, kinds: CustomKinds) -> Self {
        let part = release.chart.metadata.get("annotations");
        let part = part.and_then(|annotations| annotations.get(mesh::chart_annotations::PART));
        Self {
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
            kinds: Arc::new(kinds),
        }
    }
}

impl ListedRelease {
    pub(crate) fn revision(&self) -> Revision {
        Revision(self.head.revision)
    }

    pub(crate) fn state(&self) -> ReleaseState {
        self.head.state.into()
    }

    /// When it was changed last: by its record, else by the labels of that.
    pub(crate) fn changed(&self) -> Option<Time> {
        let read = self.content.as_ref().and_then(|content| content.changed);
        read.or(self.head.written)
    }

    /// The role that its chart gives to a cluster in a mesh, as far as its record is read.
    pub(crate) fn role(&self) -> Option<Role> {
        self.content.as_ref()?.role
    }
}
