//! The catalog: the list of charts, and the page of a chart.

use crate::{ChartName, ChartRef, ClusterName, Namespace, Problem, ReleaseName, Repository};
use serde::{Deserialize, Serialize};

/// The filter of the chart list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogRequest {
    /// The search words, which match name, keywords or description.
    pub words: String,
    /// The repositories; empty for all.
    pub repositories: Vec<Repository>,
    /// The installation status.
    pub status: Status,
    /// The number of matching charts before the first one of the answer.
    pub offset: u32,
    /// The maximum number of charts.
    pub limit: u32,
}

/// The installation status of charts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Any status.
    #[default]
    All,
    /// Installed on a cluster.
    Installed,
    /// Installed on a cluster in an older version.
    UpgradeReady,
}

/// A chart in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartCard {
    /// The repository.
    pub repository: Repository,
    /// The name.
    pub chart: ChartName,
    /// The description.
    pub description: String,
    /// The default version.
    pub newest: String,
    /// The number of versions.
    pub versions: u32,
    /// The application version of the newest version.
    pub app_version: Option<String>,
    /// The keywords.
    pub keywords: Vec<String>,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// Its role in a mesh: `control plane` or `remote`, if the chart has one.
    pub part: Option<String>,
    /// An installed release.
    pub installed: Option<InstalledView>,
    /// The number of installed releases.
    pub installations: u32,
    /// Whether a release has an older version.
    pub upgrade: bool,
}

/// An installed release of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledView {
    /// The cluster.
    pub cluster: ClusterName,
    /// The namespace.
    pub namespace: Namespace,
    /// The name of the release.
    pub release: ReleaseName,
    /// The version of the chart.
    pub version: String,
}

/// The matching charts, with the counts of the filters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogView {
    /// The number of matching charts before the first one.
    pub offset: u32,
    /// The charts, best matches first.
    pub charts: Vec<ChartCard>,
    /// The number of matching charts.
    pub matching: u32,
    /// The number of all charts.
    pub total: u32,
    /// The number of charts that match the words, by status.
    pub statuses: Vec<(Status, u32)>,
    /// The number of charts that match the words, by repository.
    pub repositories: Vec<(Repository, u32)>,
    /// The repositories that could not be read.
    pub failing: Vec<Repository>,
    /// The clusters whose releases could not be listed.
    pub unread: Vec<ClusterName>,
}

/// One version of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// The version.
    pub version: String,
    /// The application version.
    pub app_version: String,
    /// The day of its publication, as the repository writes it.
    pub created: String,
    /// The Kubernetes versions that it supports, if they are known.
    pub kubernetes: Option<KubernetesRange>,
    /// The registered clusters that it fits, with their Kubernetes versions.
    pub fits: Vec<(ClusterName, String)>,
    /// Whether it is the version to install: of those that fit the most clusters, the newest one.
    pub recommended: bool,
}

/// A range of Kubernetes minor versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KubernetesRange {
    /// The oldest, such as `1.32`; none without a lower limit.
    pub oldest: Option<String>,
    /// The newest, such as `1.36`.
    pub newest: String,
}

/// The versions of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionsView {
    /// The versions, newest first.
    pub versions: Vec<VersionView>,
    /// Why further versions could not be listed.
    pub problem: Option<Problem>,
}

/// A release that a bundle installs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartView {
    /// The name of the release.
    pub release: ReleaseName,
    /// The name of its chart.
    pub chart: ChartName,
    /// The parameter that selects it; none when it is always installed.
    pub condition: Option<String>,
}

/// The page of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartView {
    /// The chart and version.
    pub chart: ChartRef,
    /// Its card.
    pub card: ChartCard,
    /// The digest of its archive; none for a built-in chart.
    pub digest: Option<String>,
    /// Whether it was uploaded here, and can be deleted.
    pub uploaded: bool,
    /// Its README as HTML, sanitised.
    pub readme: String,
    /// The home page; http or https only.
    pub home: Option<String>,
    /// The maintainers.
    pub maintainers: Vec<String>,
    /// The parameters, from the schema.
    pub parameters: Vec<ParameterView>,
    /// The values.yaml, with comments.
    pub values: String,
    /// The releases that it installs, in order; empty for a chart that is one release.
    pub parts: Vec<PartView>,
    /// The clusters that its images support, unless it is all of them.
    pub runs_on: Option<RunsOn>,
}

/// The clusters that the images of a chart support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsOn {
    /// The newest supported Kubernetes version, such as `1.21`.
    pub newest: String,
    /// The supported clusters.
    pub yes: Vec<ClusterName>,
    /// The unsupported clusters with their version, where the chart creates objects that do not work.
    pub objects_only: Vec<(ClusterName, String)>,
}

/// One parameter of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterView {
    /// The path in the values, joined by dots.
    pub path: String,
    /// The description.
    pub description: String,
    /// `text`, `number`, `yes or no`, or the allowed words.
    pub kind: String,
    /// The default as text.
    pub default: String,
}
