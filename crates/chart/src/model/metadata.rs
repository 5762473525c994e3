//! Chart.yaml.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::File;
use crate::error::Error;
use crate::values::to_json;
use crate::yaml;

/// What Chart.yaml says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// `v1` or `v2`.
    pub api_version: String,
    /// The name of the chart.
    pub name: String,
    /// The version of the chart.
    pub version: String,
    /// The version of what it installs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app_version: String,
    /// One sentence about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Which Kubernetes it needs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kube_version: String,
    /// What sort of chart it is.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub chart_type: Option<ChartType>,
    /// Its page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub home: String,
    /// A picture of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// Words to find it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Where its source is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Who looks after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintainers: Vec<Maintainer>,
    /// Anything else its authors wanted to say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The charts it needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// The condition under which it is used.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The tags that switch it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// Whether its authors advise against it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
}

/// What sort of chart it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartType {
    /// It can be installed.
    Application,
    /// It only lends templates to others.
    Library,
}

/// Who looks after a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Maintainer {
    /// The name of a person or group.
    pub name: String,
    /// Where to write.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// A page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// A chart that another chart needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Dependency {
    /// The name of the chart.
    pub name: String,
    /// Which versions will do.
    pub version: String,
    /// Where it is kept.
    pub repository: String,
    /// The paths of values that switch it, the first found wins.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The tags that switch it together with others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The name it goes by here.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alias: String,
}

impl Metadata {
    pub(super) fn read(file: &File) -> Result<Self, Error> {
        let metadata: Self = typed(file)?;
        let reason = if metadata.name.is_empty() {
            "chart.metadata.name is required"
        } else if metadata.version.is_empty() {
            "chart.metadata.version is required"
        } else if metadata.name.contains(['/', '\\']) || metadata.name == ".." {
            "chart.metadata.name is invalid"
        } else {
            return Ok(metadata);
        };
        Err(Error::Metadata {
            reason: reason.to_owned(),
        })
    }

    pub(super) fn requirements(file: &File) -> Result<Vec<Dependency>, Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Requirements {
            dependencies: Vec<Dependency>,
        }
        typed::<Requirements>(file).map(|requirements| requirements.dependencies)
    }

    /// Whether the chart only lends templates.
    pub fn is_library(&self) -> bool {
        self.chart_type == Some(ChartType::Library)
    }
}

fn typed<T: serde::de::DeserializeOwned + Default>(file: &File) -> Result<T, Error> {
    let text = file.text()?;
    let value = yaml::read_first(text).map_err(|source| Error::Yaml {
        file: file.name.clone(),
        source,
    })?;
    let json = without_nulls(to_json(&value));
    if json.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(json).map_err(|error| Error::Metadata {
        reason: error.to_string(),
    })
}

/// Go reads null into any field as its zero.
fn without_nulls(json: serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        serde_json::Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
