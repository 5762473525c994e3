//! Upgrades of a release: the charts that it can be upgraded to, and the draft of an upgrade.

use crate::{
    ChartName, ChartRef, Repository, Revision,
    release::{ReleaseRef, ReleaseState},
};
use serde::{Deserialize, Serialize};

/// The charts that a release can be upgraded to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradeChoicesView {
    /// The release.
    pub at: ReleaseRef,
    /// The newest revision.
    pub revision: Revision,
    /// The state of that revision.
    pub state: ReleaseState,
    /// The name of the installed chart.
    pub chart: String,
    /// The version of the installed chart.
    pub version: String,
    /// The charts of this name, that of the repository from which the release was installed first.
    pub sources: Vec<UpgradeSource>,
    /// The repositories whose charts could not be read.
    pub unread: Vec<Repository>,
}

/// A chart of the name of the installed one, in one repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradeSource {
    /// The repository.
    pub repository: Repository,
    /// The chart.
    pub chart: ChartName,
    /// Whether the release was installed from this repository by this console.
    pub is_origin: bool,
    /// Its versions, newest first.
    pub versions: Vec<UpgradeVersion>,
}

/// A version of a chart, beside the installed one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradeVersion {
    /// The version.
    pub version: String,
    /// The version of the application; "" when the chart does not tell.
    pub app_version: String,
    /// Whether it is newer than the installed version, the same, or older.
    pub age: VersionAge,
}

/// The order of a version and the installed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VersionAge {
    /// Newer.
    Newer,
    /// The same: an upgrade changes values only.
    Same,
    /// Older.
    Older,
}

/// Creates the draft of an upgrade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUpgradeRequest {
    /// The release.
    pub release: ReleaseRef,
    /// The chart and its version.
    pub chart: ChartRef,
}

/// What the draft of an upgrade is based on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradeBasis {
    /// The newest revision when the draft was created.
    pub revision: Revision,
    /// The version of its chart.
    pub version: String,
}
