//! Chart.lock, missing dependencies, and adding them to a chart.
//!
//! This module does not fetch charts. Start at [`Chart::missing_dependencies`].
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::load::read_yaml;
use super::{Chart, Dependency};
use crate::error::Error;
use crate::json::to_json;

/// Chart.lock: the exact versions, and whether the lock matches the dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The charts with their exact versions.
    pub dependencies: Vec<Dependency>,
    /// Whether the digest matches the current dependencies of the chart.
    pub in_sync: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LockFile {
    dependencies: Vec<Dependency>,
    digest: String,
}

impl Chart {
    /// The dependencies that the chart does not include.
    pub fn missing_dependencies(&self) -> Vec<&Dependency> {
        let is_included = |dependency: &&Dependency| {
            !self
                .subcharts
                .iter()
                .any(|chart| chart.name() == dependency.name)
        };
        self.metadata
            .dependencies
            .iter()
            .filter(is_included)
            .collect()
    }

    /// The chart with additional subcharts.
    #[must_use]
    pub fn with_subcharts(mut self, charts: Vec<Chart>) -> Self {
        self.subcharts.extend(charts);
        self
    }

    /// The parsed Chart.lock; `None` when the chart has none.
    ///
    /// # Errors
    /// [`Error::Yaml`] or [`Error::Metadata`] when the lock cannot be read.
    pub fn lock(&self) -> Result<Option<Lock>, Error> {
        let Some(file) = &self.lock else {
            return Ok(None);
        };
        let lock_file: LockFile = match to_json(&read_yaml(file)?) {
            serde_json::Value::Null => LockFile::default(),
            json => serde_json::from_value(json).map_err(|_| Error::Metadata {
                reason: format!("{} is not a lock as helm writes it", file.name),
            })?,
        };
        let dependencies = &self.metadata.dependencies;
        let in_sync = lock_file.digest == digest(&(dependencies, &lock_file.dependencies))
            || (self.metadata.api_version == "v1"
                && lock_file.digest == helm2_digest(dependencies));
        Ok(Some(Lock {
            dependencies: lock_file.dependencies,
            in_sync,
        }))
    }
}

/// Whether a version matches a range; `None` when one of them is invalid.
pub fn version_matches(range: &str, version: &str) -> Option<bool> {
    crate::funcs::version_matches(range, version).ok()
}

/// The digest of Helm 2, which covers only the dependencies.
fn helm2_digest(dependencies: &[Dependency]) -> String {
    let map: std::collections::BTreeMap<_, _> = [("dependencies", dependencies)].into();
    digest(&map)
}

/// SHA-256 of the JSON in Go's format.
fn digest(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(value)
        .unwrap_or_default()
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e");
    let mut digest_text = String::from("sha256:");
    for byte in Sha256::digest(text) {
        use std::fmt::Write as _;
        let _ = write!(digest_text, "{byte:02x}");
    }
    digest_text
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPENDENCIES: &str = r#"apiVersion: v2
name: dep
version: 1.0.0
dependencies:
- name: sub
  version: ">=1.0.0 <2.0.0"
  repository: http://127.0.0.1:18399/
  condition: sub.enabled
  tags: [a, "b&c"]
  alias: sib
  import-values:
  - child: default.data
    parent: myimports
  - data
"#;
    /// The lock that Helm writes for these dependencies.
    const LOCK: &str = "dependencies:
- name: sub
  repository: http://127.0.0.1:18399/
  version: 1.5.0
digest: sha256:c8ad306046b92be79fb5d7f63eaa32fd485852fd9475abd81af963b0d18edd0e
generated: \"2026-11-24T06:45:20.928958783Z\"
";

    fn chart(metadata: &str, lock: &str) -> Chart {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        Chart::from_files([file("Chart.yaml", metadata), file("Chart.lock", lock)])
            .expect("a chart")
    }

    #[test]
    fn the_digest_of_a_lock_matches_helm() {
        let lock = chart(DEPENDENCIES, LOCK)
            .lock()
            .expect("it reads")
            .expect("a lock");
        assert!(lock.in_sync);
        let versions: Vec<&str> = lock
            .dependencies
            .iter()
            .map(|dependency| dependency.version.as_str())
            .collect();
        assert_eq!(versions, ["1.5.0"]);
    }

    #[test]
    fn a_lock_for_other_dependencies_is_out_of_sync() {
        let changed = DEPENDENCIES.replace("<2.0.0", "<3.0.0");
        let lock = chart(&changed, LOCK)
            .lock()
            .expect("it reads")
            .expect("a lock");
        assert!(!lock.in_sync);
    }

    #[test]
    fn an_included_subchart_is_not_missing() {
        let parent = chart(DEPENDENCIES, LOCK);
        assert_eq!(parent.missing_dependencies().len(), 1);
        let child = chart("apiVersion: v2\nname: sub\nversion: 1.5.0\n", "");
        assert!(
            parent
                .with_subcharts(vec![child])
                .missing_dependencies()
                .is_empty()
        );
    }
}
