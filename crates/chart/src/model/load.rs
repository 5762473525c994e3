//! Loads a chart from its files, with its subcharts.
//!
//! The steps have the same order as in Helm's loader, so that the first error is the same. Start at
//! [`Chart::assemble`].
use std::collections::BTreeMap;

use gotmpl::Value;
use wire::HelmVersion;

use super::metadata_faults::metadata_faults;
use super::{Chart, Dependency, File, Metadata};
use crate::archive::{ArchiveLimits, Unpacker};
use crate::error::Error;
use crate::ignore::IgnoreRules;
use crate::json::json_name;
use crate::yaml;

/// The maximum nesting depth of subcharts.
const MAX_DEPTH: usize = 20;

impl Chart {
    /// Loads a chart from its files, with paths relative to the root of the chart.
    ///
    /// # Errors
    /// [`Error::MissingMetadata`], [`Error::Metadata`], [`Error::Yaml`] and [`Error::NotText`],
    /// each with the file; [`Error::Subchart`] with an error of a subchart.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, Error> {
        let files = files
            .into_iter()
            .map(|(name, data)| File { name, data })
            .collect();
        Self::assemble(files, &mut Unpacker::new(ArchiveLimits::default()))
    }

    /// Loads a chart from the files of a directory, without the files that .helmignore excludes.
    ///
    /// # Errors
    /// [`Error::Ignore`], and the errors of [`Chart::from_files`].
    pub fn from_folder(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, Error> {
        let mut files: Vec<(String, Vec<u8>)> = files.into_iter().collect();
        let rules = files.iter().find(|(name, _)| name == ".helmignore");
        let rules = match rules {
            Some((_, data)) => IgnoreRules::parse(&String::from_utf8_lossy(data))?,
            None => IgnoreRules::default(),
        };
        files.retain(|(name, _)| !rules.ignores_file(name));
        Self::from_files(files)
    }

    /// Reads a chart from its archive (.tgz) within these limits.
    ///
    /// # Errors
    /// [`Error::Archive`] with the entry, and the errors of [`Chart::from_files`].
    pub fn from_archive(bytes: &[u8], limits: &ArchiveLimits) -> Result<Self, Error> {
        let mut unpacker = Unpacker::new(*limits);
        let files = unpacker.files(bytes).map_err(Error::Archive)?;
        Self::assemble(files, &mut unpacker)
    }

    fn assemble(files: Vec<File>, unpacker: &mut Unpacker) -> Result<Self, Error> {
        read(files, unpacker, 0)
    }
}

fn read(files: Vec<File>, unpacker: &mut Unpacker, depth: usize) -> Result<Chart, Error> {
    let mut chart_files = ChartFiles::default();
    let mut subchart_files: BTreeMap<String, Vec<File>> = BTreeMap::new();
    for mut file in files {
        strip_byte_order_mark(&mut file.data);
        match file.name.strip_prefix("charts/") {
            Some(rest) if !has_extension(rest, "prov") => {
                let name = rest.split('/').next().unwrap_or_default().to_owned();
                file.name.drain(.."charts/".len());
                subchart_files.entry(name).or_default().push(file);
            }
            _ => chart_files.add(file),
        }
    }
    let mut chart = chart_files.finish()?;
    for (name, files) in subchart_files {
        if name.starts_with(['.', '_']) {
            continue;
        }
        let child = if depth < MAX_DEPTH {
            subchart(&name, files, unpacker, depth)
        } else {
            let reason = format!("charts are nested more than {MAX_DEPTH} deep");
            Err(Error::Metadata { reason })
        };
        chart
            .subcharts
            .push(child.map_err(|source| Error::Subchart {
                file: name,
                parent: chart.metadata.name.clone(),
                source: Box::new(source),
            })?);
    }
    Ok(chart)
}

/// A chart below charts/: a folder or an archive.
fn subchart(
    name: &str,
    files: Vec<File>,
    unpacker: &mut Unpacker,
    depth: usize,
) -> Result<Chart, Error> {
    if has_extension(name, "tgz") {
        let Some(file) = files.first().filter(|file| file.name == name) else {
            let reason = format!("{name} is a folder and not an archive");
            return Err(Error::Metadata { reason });
        };
        let files = unpacker.files(&file.data).map_err(Error::Archive)?;
        return read(files, unpacker, depth + 1);
    }
    let inside = files.into_iter().filter_map(|file| {
        let (_, rest) = file.name.split_once('/')?;
        Some(File {
            name: rest.to_owned(),
            data: file.data,
        })
    });
    read(inside.collect(), unpacker, depth + 1)
}

fn has_extension(name: &str, extension: &str) -> bool {
    let last = name.rsplit_once('.').map(|(_, last)| last);
    last == Some(extension)
}

/// Removes a UTF-8 byte order mark, which some editors write.
fn strip_byte_order_mark(data: &mut Vec<u8>) {
    if data.starts_with(b"\xef\xbb\xbf") {
        data.drain(..3);
    }
}

/// The files of one chart, by purpose.
#[derive(Default)]
struct ChartFiles {
    metadata: Option<File>,
    requirements: Option<File>,
    lock: Option<File>,
    values: Option<File>,
    schema: Option<File>,
    templates: Vec<File>,
    files: Vec<File>,
}

impl ChartFiles {
    fn add(&mut self, file: File) {
        match file.name.as_str() {
            "Chart.yaml" => self.metadata = Some(file),
            "requirements.yaml" => self.requirements = Some(file),
            "values.yaml" => self.values = Some(file),
            "values.schema.json" => self.schema = Some(file),
            "Chart.lock" | "requirements.lock" => self.lock = Some(file),
            name if name.starts_with("templates/") => self.templates.push(file),
            _ => self.files.push(file),
        }
    }

    fn finish(mut self) -> Result<Chart, Error> {
        let mut metadata = match &self.metadata {
            Some(file) => Some(Metadata::read(file)?),
            None => None,
        };
        let metadata_faults = match &self.metadata {
            Some(file) => metadata_faults(file)?,
            None => Vec::new(),
        };
        if let Some(lock) = &self.lock {
            read_yaml(lock)?;
        }
        let values_text = self.values.as_ref().map_or(Ok(""), File::text)?.to_owned();
        let values = self.values.as_ref().map(default_values).transpose()?;
        if let Some(file) = self.requirements.take() {
            let (dependencies, has_key): (Vec<Dependency>, bool) = Metadata::requirements(&file)?;
            if let Some(metadata) = &mut metadata {
                metadata.dependencies = dependencies;
                metadata.declares_dependencies |= has_key;
                if metadata.api_version == "v1" {
                    self.files.push(file);
                }
            }
        }
        let lock = self.lock.take();
        let v1 = metadata.as_ref().is_some_and(|m| m.api_version == "v1");
        self.files.extend(
            lock.clone()
                .filter(|file| v1 && file.name == "requirements.lock"),
        );
        let mut metadata = metadata.ok_or(Error::MissingMetadata)?;
        metadata.validate()?;
        let schema_text = match &self.schema {
            Some(file) => Some(file.text()?.to_owned()),
            None => None,
        };
        self.templates.sort_by(|a, b| a.name.cmp(&b.name));
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Chart {
            metadata,
            lock,
            values_text,
            values: values.unwrap_or_else(|| Value::Map(gotmpl::Map::new())),
            schema_text,
            templates: self.templates.into(),
            files: self.files.into(),
            subcharts: Vec::new(),
            metadata_faults,
            has_values: self.values.is_some(),
            helm: HelmVersion::default(),
        })
    }
}

/// The YAML value of a file.
pub(super) fn read_yaml(file: &File) -> Result<Value, Error> {
    yaml::read_first(file.text()?).map_err(|source| Error::Yaml {
        file: file.name.clone(),
        source,
    })
}

fn default_values(file: &File) -> Result<Value, Error> {
    match read_yaml(file)? {
        Value::Nil => Ok(Value::Map(gotmpl::Map::new())),
        values @ Value::Map(_) => Ok(values),
        other => Err(Error::NotAMapping {
            file: file.name.clone(),
            found: json_name(&other).to_owned(),
        }),
    }
}
