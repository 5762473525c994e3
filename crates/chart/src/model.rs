//! A chart: what its files say, before any values.
//!
//! Start at [`Chart::from_files`]. Nothing is rendered here and nothing is fetched: the charts it
//! depends on must be among its files.
mod metadata;

use std::collections::BTreeMap;

use gotmpl::Value;

pub use metadata::{ChartType, Dependency, Maintainer, Metadata};

use crate::error::Error;
use crate::yaml;

/// A file of a chart; its name starts at the root of the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path from the root of the chart, with `/`.
    pub name: String,
    /// The contents.
    pub data: Vec<u8>,
}

impl File {
    /// The contents as text.
    ///
    /// # Errors
    /// [`Error::NotText`] when they are not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.data).map_err(|_| Error::NotText {
            file: self.name.clone(),
        })
    }
}

/// A Helm chart and the charts it brings along.
#[derive(Clone, Debug)]
pub struct Chart {
    metadata: Metadata,
    values_text: String,
    values: Value,
    schema_text: Option<String>,
    templates: Vec<File>,
    files: Vec<File>,
    subcharts: Vec<Chart>,
}

impl Chart {
    /// Reads a chart from its files, named from the root of the chart.
    ///
    /// # Errors
    /// [`Error::NoMetadata`], [`Error::Metadata`], [`Error::Yaml`] and [`Error::NotText`], each naming
    /// the file.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, Error> {
        let files = files
            .into_iter()
            .map(|(name, data)| File { name, data })
            .collect();
        Self::read(files, 0)
    }

    fn read(files: Vec<File>, depth: usize) -> Result<Self, Error> {
        let mut own = Own::default();
        let mut below: BTreeMap<String, Vec<File>> = BTreeMap::new();
        for file in files {
            if let Some((chart, name)) = below_charts(&file.name) {
                let file = File {
                    name: name.to_owned(),
                    data: file.data,
                };
                below.entry(chart.to_owned()).or_default().push(file);
            } else {
                own.take(file)?;
            }
        }
        let mut subcharts = Vec::new();
        for (name, files) in below {
            if name.starts_with(['.', '_']) || depth > 20 {
                continue;
            }
            subcharts.push(Self::read(files, depth + 1)?);
        }
        own.finish(subcharts)
    }

    /// What Chart.yaml says.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The name of the chart.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// README.md, if there is one.
    pub fn readme(&self) -> Option<&str> {
        let readme = self
            .files
            .iter()
            .find(|file| file.name.eq_ignore_ascii_case("readme.md"))?;
        readme.text().ok()
    }

    /// values.yaml as its author wrote it.
    pub fn values_text(&self) -> &str {
        &self.values_text
    }

    /// The default values, as data.
    pub(crate) fn values(&self) -> &Value {
        &self.values
    }

    /// values.schema.json as its author wrote it.
    pub fn schema_text(&self) -> Option<&str> {
        self.schema_text.as_deref()
    }

    /// The files below templates/.
    pub fn templates(&self) -> &[File] {
        &self.templates
    }

    /// All files that are not templates, values, schema or metadata.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The files below crds/, of this chart and of those it brings along.
    pub fn crds(&self) -> Vec<&File> {
        let own = self.files.iter().filter(|file| {
            file.name.starts_with("crds/")
                && [".yaml", ".yml", ".json"]
                    .iter()
                    .any(|end| file.name.ends_with(end))
        });
        own.chain(self.subcharts.iter().flat_map(Chart::crds))
            .collect()
    }

    /// The charts below charts/.
    pub fn subcharts(&self) -> &[Chart] {
        &self.subcharts
    }

    /// The same chart with other charts below it.
    pub(crate) fn with_subcharts(&self, subcharts: Vec<Chart>) -> Self {
        Self {
            subcharts,
            ..self.clone()
        }
    }

    /// The same chart under another name, as `alias` asks.
    pub(crate) fn renamed(&self, name: &str) -> Self {
        let mut chart = self.clone();
        name.clone_into(&mut chart.metadata.name);
        chart
    }
}

/// `charts/redis/Chart.yaml` is `Chart.yaml` of `redis`.
fn below_charts(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("charts/")?.split_once('/')
}

/// The files of one chart, sorted by what they are for.
#[derive(Default)]
struct Own {
    metadata: Option<File>,
    requirements: Option<File>,
    values: Option<File>,
    schema: Option<File>,
    templates: Vec<File>,
    files: Vec<File>,
}

impl Own {
    fn take(&mut self, file: File) -> Result<(), Error> {
        match file.name.as_str() {
            "Chart.yaml" => self.metadata = Some(file),
            "requirements.yaml" => self.requirements = Some(file),
            "values.yaml" => self.values = Some(file),
            "values.schema.json" => self.schema = Some(file),
            "Chart.lock" | "requirements.lock" => {}
            name if name.starts_with("templates/") => {
                file.text()?;
                self.templates.push(file);
            }
            _ => self.files.push(file),
        }
        Ok(())
    }

    fn finish(mut self, subcharts: Vec<Chart>) -> Result<Chart, Error> {
        let metadata = self.metadata.as_ref().ok_or(Error::NoMetadata)?;
        let mut metadata = Metadata::read(metadata)?;
        if let Some(requirements) = &self.requirements {
            metadata
                .dependencies
                .extend(Metadata::requirements(requirements)?);
        }
        let values_text = self.values.as_ref().map_or(Ok(""), File::text)?.to_owned();
        let values = match yaml::read_first(&values_text) {
            Ok(Value::Nil) => Value::Map(gotmpl::Map::new()),
            Ok(values @ Value::Map(_)) => values,
            Ok(_) => {
                let source = yaml::Error::at(&values_text, 1, 1, "values must be a map");
                return Err(Error::Yaml {
                    file: "values.yaml".into(),
                    source,
                });
            }
            Err(source) => {
                return Err(Error::Yaml {
                    file: "values.yaml".into(),
                    source,
                });
            }
        };
        let schema_text = match &self.schema {
            Some(file) => Some(file.text()?.to_owned()),
            None => None,
        };
        self.templates.sort_by(|a, b| a.name.cmp(&b.name));
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Chart {
            metadata,
            values_text,
            values,
            schema_text,
            templates: self.templates,
            files: self.files,
            subcharts,
        })
    }
}
