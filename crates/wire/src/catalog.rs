//! The catalog: charts, and what their pages show.

use crate::{ChartName, ChartRef, ClusterName, Namespace, ReleaseName, Repository};
use serde::{Deserialize, Serialize};

/// Which charts are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogRequest {
    /// Words that each chart has in its name, its keywords or its sentence.
    pub words: String,
    /// Repositories they come from; empty for all.
    pub repositories: Vec<Repository>,
    /// Where they stand.
    pub status: Status,
    /// How many are wanted.
    pub most: u32,
}

/// Where a chart stands on the clusters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Anywhere.
    #[default]
    All,
    /// It is installed somewhere.
    Installed,
    /// It is installed somewhere, and a newer version is here.
    UpgradeReady,
}

/// A chart among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartCard {
    /// Where it comes from.
    pub repository: Repository,
    /// Its name.
    pub chart: ChartName,
    /// What it is, in a sentence.
    pub description: String,
    /// The version that is meant when none is named.
    pub newest: String,
    /// How many versions there are.
    pub versions: u32,
    /// The version of the program inside the newest.
    pub app_version: Option<String>,
    /// Its words to be found by.
    pub keywords: Vec<String>,
    /// Whether its makers advise against it.
    pub deprecated: bool,
    /// What it is in a mesh: `control plane` or `remote`, when the chart says so.
    pub part: Option<String>,
    /// Where it is installed.
    pub installed: Vec<InstalledView>,
    /// Whether the newest is newer than what is installed somewhere.
    pub upgrade: bool,
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

/// The charts that were wanted, and how many there are of each sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogView {
    /// The charts, those that fit best first.
    pub charts: Vec<ChartCard>,
    /// How many fit.
    pub fitting: u32,
    /// How many there are at all.
    pub all: u32,
    /// How many of those that fit the words stand where.
    pub statuses: Vec<(Status, u32)>,
    /// How many of those that fit the words come from where.
    pub repositories: Vec<(Repository, u32)>,
    /// Repositories that could not be read just now.
    pub failing: Vec<Repository>,
    /// Clusters whose releases could not be read.
    pub unread: Vec<ClusterName>,
}

/// One version of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// The version.
    pub version: String,
    /// The version of the program inside.
    pub app_version: String,
    /// When it was made, as its repository writes it: the day.
    pub created: String,
}

/// A chart's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartView {
    /// Which chart and version.
    pub chart: ChartRef,
    /// What it is.
    pub card: ChartCard,
    /// The digest of its archive; none for a built-in chart.
    pub digest: Option<String>,
    /// Whether it was uploaded here, and can be taken away again.
    pub uploaded: bool,
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
