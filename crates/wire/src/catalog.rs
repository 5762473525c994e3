//! The catalog: charts, and what their pages show.

use crate::{ChartName, ChartRef, ClusterName, Namespace, ReleaseName, Repository};
use serde::{Deserialize, Serialize};

/// A chart among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartCard {
    /// Where it comes from.
    pub repository: Repository,
    /// Its name.
    pub chart: ChartName,
    /// What it is, in a sentence.
    pub description: String,
    /// Its versions, newest first.
    pub versions: Vec<String>,
    /// The version of the program inside the newest.
    pub app_version: Option<String>,
    /// Its words to be found by.
    pub keywords: Vec<String>,
    /// What it is in a mesh: `control plane` or `remote`, when the chart says so.
    pub part: Option<String>,
    /// Where it is installed.
    pub installed: Vec<InstalledView>,
}

/// Where a chart is installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledView {
    /// On which cluster.
    pub cluster: ClusterName,
    /// In which namespace.
    pub namespace: Namespace,
    /// Under which name.
    pub release: ReleaseName,
    /// In which version.
    pub version: String,
}

/// The whole catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogView {
    /// All charts, the built-in ones first.
    pub charts: Vec<ChartCard>,
    /// Clusters whose releases could not be read.
    pub unread: Vec<ClusterName>,
}

/// A chart's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartView {
    /// Which chart and version.
    pub chart: ChartRef,
    /// What it is.
    pub card: ChartCard,
    /// Its README as HTML, sanitised.
    pub readme: String,
    /// Where its makers are at home; http or https only.
    pub home: Option<String>,
    /// Who keeps it.
    pub maintainers: Vec<String>,
    /// Its parameters, from its schema.
    pub parameters: Vec<ParameterView>,
    /// Its values.yaml, comments and all.
    pub values: String,
    /// Which clusters its images can run on, when that is not all.
    pub runs_on: Option<RunsOn>,
}

/// On which of the registered clusters a chart's images can run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsOn {
    /// The newest Kubernetes that the images can talk to, such as `1.21`.
    pub newest: String,
    /// Registered clusters they can run on.
    pub yes: Vec<ClusterName>,
    /// Registered clusters where the chart is objects only, with their version.
    pub objects_only: Vec<(ClusterName, String)>,
}

/// One parameter of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterView {
    /// Its path in the values, joined by dots.
    pub path: String,
    /// What it does.
    pub description: String,
    /// `text`, `number`, `yes or no`, or the words it may be.
    pub kind: String,
    /// Its default as text.
    pub default: String,
}
