//! Chart.yaml.
//!
//! Decoded as in Helm: numbers and booleans are converted to strings where a string is expected,
//! and unknown keys are ignored. Start at [`Metadata::read`].
mod validate;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::File;
use super::load::read_yaml;
pub(crate) use validate::is_version;

use crate::decode::Decoder;
use crate::error::Error;

/// The contents of Chart.yaml.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// `v1` or `v2`.
    pub api_version: String,
    /// The name of the chart.
    pub name: String,
    /// The version of the chart.
    pub version: String,
    /// The version of the application.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app_version: String,
    /// A description in one sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The required range of Kubernetes versions.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kube_version: String,
    /// The type of the chart.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub chart_type: Option<ChartType>,
    /// The URL of the project's home page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub home: String,
    /// The URL of an icon.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// Search keywords.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// URLs of the source code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// The maintainers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintainers: Vec<Maintainer>,
    /// The annotations.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The charts that this chart depends on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Whether Chart.yaml has the key `dependencies`, even if the list is empty.
    #[serde(skip)]
    pub(crate) declares_dependencies: bool,
    /// The condition that enables the chart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The tags that enable the chart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// Whether the chart is deprecated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
}

/// The type of the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartType {
    /// A chart that can be installed.
    Application,
    /// A chart that only provides templates for other charts.
    Library,
}

/// A maintainer of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Maintainer {
    /// The name of a person or organization.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The email address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// The URL of a web page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// A dependency of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Dependency {
    /// The name of the chart.
    pub name: String,
    /// The version range.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The URL of the repository.
    pub repository: String,
    /// The paths of values that enable the dependency; the first path that exists decides.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The tags that enable the dependency in a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether the dependency is enabled; Helm computes it from the values.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub enabled: bool,
    /// The values that the parent imports.
    #[serde(rename = "import-values", skip_serializing_if = "Vec::is_empty")]
    pub import_values: Vec<serde_json::Value>,
    /// An alternative name in the parent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alias: String,
}

impl Dependency {
    /// The name in the parent: the alias, or the name.
    pub fn effective_name(&self) -> &str {
        if self.alias.is_empty() {
            &self.name
        } else {
            &self.alias
        }
    }
}

impl Metadata {
    pub(super) fn read(file: &File) -> Result<Self, Error> {
        let value = read_yaml(file)?;
        let mut decoder = Decoder::from_value(&value, "Metadata");
        let kind = decoder.string("type");
        let declares_dependencies = decoder.has("dependencies");
        let mut metadata = Self {
            name: decoder.string("name"),
            home: decoder.string("home"),
            sources: decoder.strings("sources"),
            version: decoder.string("version"),
            description: decoder.string("description"),
            keywords: decoder.strings("keywords"),
            maintainers: decoder.structs("maintainers", "Maintainer", maintainer),
            icon: decoder.string("icon"),
            api_version: decoder.string("apiVersion"),
            condition: decoder.string("condition"),
            tags: decoder.string("tags"),
            app_version: decoder.string("appVersion"),
            deprecated: decoder.boolean("deprecated"),
            annotations: decoder.string_map("annotations"),
            kube_version: decoder.string("kubeVersion"),
            dependencies: decoder.structs("dependencies", "Dependency", dependency),
            declares_dependencies,
            chart_type: ChartType::read(&kind),
        };
        finish(decoder, file)?;
        if metadata.api_version.is_empty() {
            "v1".clone_into(&mut metadata.api_version);
        }
        if metadata.chart_type.is_none() && !kind.is_empty() {
            return Err(Error::Metadata {
                reason: "chart.metadata.type must be application or library".to_owned(),
            });
        }
        Ok(metadata)
    }

    /// The dependencies in requirements.yaml, and whether it has the key `dependencies`.
    pub(super) fn requirements(file: &File) -> Result<(Vec<Dependency>, bool), Error> {
        let value = read_yaml(file)?;
        let mut decoder = Decoder::from_value(&value, "Metadata");
        let has_key = decoder.has("dependencies");
        let found = decoder.structs("dependencies", "Dependency", dependency);
        finish(decoder, file)?;
        Ok((found, has_key))
    }

    /// Whether the chart is a library chart.
    pub fn is_library(&self) -> bool {
        self.chart_type == Some(ChartType::Library)
    }
}

impl ChartType {
    fn read(word: &str) -> Option<Self> {
        match word {
            "application" => Some(Self::Application),
            "library" => Some(Self::Library),
            _ => None,
        }
    }
}

fn finish(decoder: Decoder<'_>, file: &File) -> Result<(), Error> {
    decoder.finish().map_err(|reason| Error::Unmarshal {
        file: file.name.clone(),
        reason,
    })
}

fn maintainer(decoder: &mut Decoder<'_>) -> Maintainer {
    Maintainer {
        name: decoder.string("name"),
        email: decoder.string("email"),
        url: decoder.string("url"),
    }
}

fn dependency(decoder: &mut Decoder<'_>) -> Dependency {
    Dependency {
        name: decoder.string("name"),
        version: decoder.string("version"),
        repository: decoder.string("repository"),
        condition: decoder.string("condition"),
        tags: decoder.strings("tags"),
        enabled: decoder.boolean("enabled"),
        import_values: decoder.json_items("import-values"),
        alias: decoder.string("alias"),
    }
}
