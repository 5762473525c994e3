//! Chart.yaml.
//!
//! Read as Helm reads it: a number or a truth value where a text belongs is taken as text, unknown
//! keys are passed over. Start at [`Metadata::read`].
mod validate;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::File;
use super::load::read_yaml;
pub(crate) use validate::is_version;

use crate::decode::Decoder;
use crate::error::Error;

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
    /// Whether the key for them is there, even with none.
    #[serde(skip)]
    pub(crate) declares_dependencies: bool,
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
    #[serde(skip_serializing_if = "String::is_empty")]
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
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Where it is kept.
    pub repository: String,
    /// The paths of values that switch it, the first found wins.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The tags that switch it together with others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it is used; Helm decides it anew from the values.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub enabled: bool,
    /// The values that its parent takes over from it.
    #[serde(rename = "import-values", skip_serializing_if = "Vec::is_empty")]
    pub import_values: Vec<serde_json::Value>,
    /// The name it goes by here.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub alias: String,
}

impl Dependency {
    /// The name it goes by in its parent.
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

    /// What requirements.yaml asks for, and whether it has the key for it.
    pub(super) fn requirements(file: &File) -> Result<(Vec<Dependency>, bool), Error> {
        let value = read_yaml(file)?;
        let mut decoder = Decoder::from_value(&value, "Metadata");
        let has_key = decoder.has("dependencies");
        let found = decoder.structs("dependencies", "Dependency", dependency);
        finish(decoder, file)?;
        Ok((found, has_key))
    }

    /// Whether the chart only lends templates.
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
