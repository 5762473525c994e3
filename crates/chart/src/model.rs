//! The model of a chart: the contents of its files.
//!
//! Start at [`Chart::from_files`]. This module does not render templates and does not fetch
//! dependencies, which must be among the files.
mod load;
mod lock;
mod metadata;
mod metadata_faults;

use std::sync::Arc;

use gotmpl::Value;
use wire::HelmVersion;

pub use lock::{Lock, version_matches};
pub(crate) use metadata::is_version;
pub use metadata::{ChartType, Dependency, Maintainer, Metadata};
pub(crate) use metadata_faults::unchecked_metadata;

pub(crate) use crate::file::File;

use crate::error::Error;
use crate::yaml::DuplicateKey;

impl File {
    /// The contents as text, with a replacement character for each invalid sequence.
    pub(crate) fn lossy_text(&self) -> String {
        // The check for valid text is many times faster than the search for invalid sequences.
        match std::str::from_utf8(&self.data) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(&self.data).into_owned(),
        }
    }

    /// The same, which many can share.
    pub(crate) fn shared_text(&self) -> Arc<str> {
        match std::str::from_utf8(&self.data) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(&self.data).into(),
        }
    }

    /// The contents as text.
    ///
    /// # Errors
    /// [`Error::NotText`] when the contents are not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.data).map_err(|_| Error::NotText {
            file: self.name.clone(),
        })
    }
}

/// A fault of Chart.yaml with which Helm loads a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MetadataFault {
    /// There is no `apiVersion`.
    NoApiVersion,
    /// A version that is not a string, such as `appVersion: 1.10`, which is 1.1.
    NotAString {
        /// The key.
        field: &'static str,
        /// Go's name of its type.
        go_type: &'static str,
    },
    /// A key that Helm does not know.
    UnknownField {
        /// The key.
        field: String,
        /// The line, from 1; 0 when it is unknown.
        line: usize,
    },
    /// A key that the map has already.
    RepeatedField(DuplicateKey),
    /// Chart.yaml itself lists dependencies, which only the API version v2 allows.
    OwnDependencies,
}

/// A Helm chart with its subcharts.
#[derive(Clone, Debug)]
pub struct Chart {
    metadata: Metadata,
    lock: Option<File>,
    values_text: String,
    values: Value,
    schema_text: Option<String>,
    templates: Arc<[File]>,
    files: Arc<[File]>,
    subcharts: Vec<Chart>,
    metadata_faults: Vec<MetadataFault>,
    has_values: bool,
    helm: HelmVersion,
}

impl Chart {
    /// The contents of Chart.yaml.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The faults of Chart.yaml that the decoded metadata does not show.
    pub(crate) fn metadata_faults(&self) -> &[MetadataFault] {
        &self.metadata_faults
    }

    /// Whether the chart has a values.yaml.
    pub(crate) fn has_values(&self) -> bool {
        self.has_values
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

    /// The text of values.yaml.
    pub fn values_text(&self) -> &str {
        &self.values_text
    }

    /// The default values.
    pub(crate) fn values(&self) -> &Value {
        &self.values
    }

    /// The text of values.schema.json.
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

    /// The files below crds/ of this chart and its subcharts.
    pub fn crds(&self) -> Vec<&File> {
        self.own_crds()
            .chain(self.subcharts.iter().flat_map(Chart::crds))
            .collect()
    }

    /// The files below crds/ of this chart without its subcharts.
    pub(crate) fn own_crds(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| {
            file.name.starts_with("crds/")
                && [".yaml", ".yml", ".json"]
                    .iter()
                    .any(|end| file.name.ends_with(end))
        })
    }

    /// The subcharts.
    pub fn subcharts(&self) -> &[Chart] {
        &self.subcharts
    }

    /// Replaces the subcharts.
    pub(crate) fn set_subcharts(&mut self, subcharts: Vec<Chart>) {
        self.subcharts = subcharts;
    }

    /// Replaces the dependencies.
    pub(crate) fn set_dependencies(&mut self, dependencies: Vec<Dependency>) {
        self.metadata.dependencies = dependencies;
    }

    /// Replaces the default values.
    pub(crate) fn set_values(&mut self, values: Value) {
        self.values = values;
    }

    /// The version of Helm that the chart is loaded for.
    pub fn helm(&self) -> HelmVersion {
        self.helm
    }

    /// Sets the version of Helm that the chart is loaded for.
    pub(crate) fn set_helm(&mut self, helm: HelmVersion) {
        self.helm = helm;
    }

    /// The size of a clone in bytes, by estimate: its files are shared.
    pub(crate) fn clone_size(&self) -> usize {
        let schema = self.schema_text.as_ref().map_or(0, String::len);
        let dependencies = self.metadata.dependencies.len().saturating_mul(256);
        let own = 1024 + self.values_text.len() + schema + dependencies;
        self.subcharts
            .iter()
            .fold(own, |size, child| size.saturating_add(child.clone_size()))
    }

    /// The chart under another name, for `alias`.
    pub(crate) fn renamed(&self, name: &str) -> Self {
        let mut chart = self.clone();
        name.clone_into(&mut chart.metadata.name);
        chart
    }
}
