//! Archives of Istio's charts, packed as Istio's releases pack them: with the version of the release, and
//! with its images as default.

use crate::{Error, digest::sha256};
use flate2::{Compression, write::GzEncoder};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The charts: their names and their folders in Istio's source.
const CHARTS: [(&str, &str); 5] = [
    ("base", "base"),
    ("istiod", "istio-control/istio-discovery"),
    ("gateway", "gateway"),
    ("cni", "istio-cni"),
    ("ztunnel", "ztunnel"),
];

/// What the source has in place of the version, the hub and the tag of a release.
const SOURCE_VERSION: &str = "ersion: 1.0.0";
const SOURCE_HUB: &str = "hub: registry.istio.io/testing";
const SOURCE_TAG: &str = "tag: latest";

/// A packed chart.
#[derive(Clone, Debug)]
pub struct ChartArchive {
    /// The name.
    pub name: String,
    /// The version of the chart and of the application.
    pub version: String,
    /// The description in Chart.yaml.
    pub description: String,
    /// The .tgz file.
    pub content: Vec<u8>,
}

impl ChartArchive {
    /// The SHA-256 checksum of the file, as hexadecimal digits.
    pub fn digest(&self) -> String {
        sha256(&self.content)
    }
}

/// Istio's charts in each of these versions, from the folder of charts in its source: base, istiod, gateway, cni and
/// ztunnel.
///
/// # Errors
/// [`Error::Read`] when a file of Istio's source cannot be read.
pub fn istio(source: &Path, versions: &[&str]) -> Result<Vec<ChartArchive>, Error> {
    let mut charts = Vec::new();
    for version in versions {
        for (name, folder) in CHARTS {
            charts.push(pack(&source.join(folder), name, version)?);
        }
    }
    Ok(charts)
}

fn pack(folder: &Path, name: &str, version: &str) -> Result<ChartArchive, Error> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    files.sort();
    let mut description = String::new();
    let encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut archive = tar::Builder::new(encoder);
    for file in files {
        let relative = file.strip_prefix(folder).unwrap_or(&file);
        let mut content = fs::read(&file).map_err(|source| read(&file, source))?;
        if let Some(text) = released(relative, &content, version) {
            if relative == Path::new("Chart.yaml") {
                description = field(&text, "description");
            }
            content = text.into_bytes();
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        let path = Path::new(name).join(relative);
        let appended = archive.append_data(&mut header, path, content.as_slice());
        appended.map_err(|source| read(&file, source))?;
    }
    let content = archive.into_inner().and_then(GzEncoder::finish);
    Ok(ChartArchive {
        name: name.to_owned(),
        version: version.to_owned(),
        description,
        content: content.map_err(|source| read(folder, source))?,
    })
}

/// The text of Chart.yaml or values.yaml in a release; `None` for other files.
fn released(path: &Path, content: &[u8], version: &str) -> Option<String> {
    let text = str::from_utf8(content).ok()?;
    match path.to_str()? {
        "Chart.yaml" => Some(text.replace(SOURCE_VERSION, &format!("ersion: {version}"))),
        "values.yaml" => Some(
            text.replace(SOURCE_HUB, "hub: docker.io/istio")
                .replace(SOURCE_TAG, &format!("tag: {version}")),
        ),
        _ => None,
    }
}

/// The text of a field in the first level of Chart.yaml.
fn field(text: &str, name: &str) -> String {
    let mut lines = text.lines().filter_map(|line| line.split_once(": "));
    let value = lines.find(|(key, _)| *key == name);
    value.map(|(_, value)| value.to_owned()).unwrap_or_default()
}

/// All files below a folder.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(|source| read(folder, source))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path, source: io::Error) -> Error {
    Error::Read {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_chart_has_the_version_and_the_images_of_the_release() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text);
        write(
            "Chart.yaml",
            "name: istiod\nversion: 1.0.0\nappVersion: 1.0.0\ndescription: The control plane\n",
        )
        .expect("a file");
        write(
            "values.yaml",
            "global:\n  hub: registry.istio.io/testing\n  tag: latest\n",
        )
        .expect("a file");
        let chart = pack(folder.path(), "istiod", "1.31.2").expect("a chart");
        assert_eq!(chart.description, "The control plane");
        let archive = flate2::read::GzDecoder::new(chart.content.as_slice());
        let mut archive = tar::Archive::new(archive);
        let mut texts = String::new();
        for entry in archive.entries().expect("entries") {
            io::Read::read_to_string(&mut entry.expect("an entry"), &mut texts).expect("text");
        }
        assert!(
            texts.contains("\nversion: 1.31.2\nappVersion: 1.31.2\n"),
            "{texts}"
        );
        assert!(
            texts.contains("hub: docker.io/istio\n  tag: 1.31.2\n"),
            "{texts}"
        );
    }
}
