//! Exports the built-in charts as directories, for helm.
//!
//! Existing files are never overwritten: if one file differs from the exported one, or does not belong to the
//! chart, nothing is written at all. Start at [`export`].

use crate::builtin::{self, BUILT_IN};
use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

/// The exported directory of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedChart {
    /// The directory.
    pub folder: PathBuf,
    /// The number of files.
    pub files: usize,
    /// The number of files that were written; the others existed with the same content.
    pub written: usize,
}

/// The error of an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file exists with other content.
    #[error("{} exists with other content", path.display())]
    Conflict {
        /// The file.
        path: PathBuf,
    },
    /// The files cannot be read or written.
    #[error("could not write {}", path.display())]
    Files {
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

/// Writes every built-in chart to `folder`/built-in/NAME. A second export writes nothing.
///
/// # Errors
/// [`ExportError::Conflict`] before anything is written; [`ExportError::Files`].
pub fn export(folder: &Path) -> Result<Vec<ExportedChart>, ExportError> {
    let root = folder.join(BUILT_IN);
    let plans: Vec<ExportPlan> = builtin::folders()
        .map(|(name, files)| ExportPlan::new(root.join(name), files))
        .collect::<Result<_, _>>()?;
    plans.iter().map(ExportPlan::execute).collect()
}

/// The directory of a chart that will be written.
struct ExportPlan {
    folder: PathBuf,
    files: Vec<(String, Vec<u8>)>,
    /// Files that exist with the same content.
    existing: Vec<PathBuf>,
}

impl ExportPlan {
    fn new(folder: PathBuf, files: Vec<(String, Vec<u8>)>) -> Result<Self, ExportError> {
        let existing = list_files(&folder)?;
        for path in &existing {
            let exported = files.iter().find(|(name, _)| folder.join(name) == *path);
            let same = exported.map(|(_, bytes)| fs::read(path).map(|read| read == *bytes));
            if same.transpose().map_err(failed(path))? != Some(true) {
                return Err(ExportError::Conflict { path: path.clone() });
            }
        }
        Ok(Self {
            folder,
            files,
            existing,
        })
    }

    fn execute(&self) -> Result<ExportedChart, ExportError> {
        let mut written = 0;
        for (name, bytes) in &self.files {
            let path = self.folder.join(name);
            if self.existing.contains(&path) {
                continue;
            }
            let parent = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(parent).map_err(failed(parent))?;
            let mut file = fs::File::create_new(&path).map_err(failed(&path))?;
            file.write_all(bytes).map_err(failed(&path))?;
            written += 1;
        }
        Ok(ExportedChart {
            folder: self.folder.clone(),
            files: self.files.len(),
            written,
        })
    }
}

/// Every file below a directory; an entry that is neither a file nor a directory is a conflict.
fn list_files(folder: &Path) -> Result<Vec<PathBuf>, ExportError> {
    let metadata = match fs::symlink_metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(folder)(error)),
    };
    if !metadata.is_dir() {
        let path = folder.to_owned();
        return Err(ExportError::Conflict { path });
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        let metadata = fs::symlink_metadata(&path).map_err(failed(&path))?;
        if metadata.is_file() {
            files.push(path);
        } else {
            files.extend(list_files(&path)?);
        }
    }
    Ok(files)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> ExportError + '_ {
    move |source| ExportError::Files {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::Chart;

    fn at(folder: &Path, path: &str) -> PathBuf {
        folder.join(BUILT_IN).join(path)
    }

    #[test]
    fn every_chart_is_exported_once_and_equals_the_built_in_one() {
        let home = tempfile::tempdir().expect("a folder");
        let first = export(home.path()).expect("written");
        let charts = builtin::charts().expect("the charts");
        assert_eq!(first.len(), charts.len());
        for exported in &first {
            assert!(exported.files > 0 && exported.written == exported.files);
            let read = list_files(&exported.folder)
                .expect("read")
                .into_iter()
                .map(|path| {
                    let name = path.strip_prefix(&exported.folder).expect("below");
                    (name.display().to_string(), fs::read(&path).expect("a file"))
                });
            let read = Chart::from_files(read.collect::<Vec<_>>()).expect("a chart");
            let known = |chart: &Chart| {
                let same = chart.name() == read.name();
                same && chart.metadata().version == read.metadata().version
            };
            assert!(charts.values().any(|chart| known(chart)), "{exported:?}");
        }
        let second = export(home.path()).expect("no error");
        assert!(second.iter().all(|exported| exported.written == 0));
    }

    #[test]
    fn a_conflicting_file_prevents_the_whole_export() {
        for (path, text) in [
            ("ack-istio/values.yaml", "mine: true\n"),
            ("ack-istio/templates/mine.yaml", "kind: ConfigMap\n"),
            ("bookinfo", "a file where a folder would be"),
        ] {
            let home = tempfile::tempdir().expect("a folder");
            let own = at(home.path(), path);
            fs::create_dir_all(own.parent().expect("above")).expect("made");
            fs::write(&own, text).expect("written");
            let refused = export(home.path()).expect_err("refused");
            let message = refused.to_string();
            assert!(message.contains(&own.display().to_string()), "{message}");
            assert_eq!(fs::read_to_string(&own).expect("saved"), text);
            let remote = at(home.path(), "ack-istio-remote");
            assert!(!remote.exists(), "nothing was written");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let home = tempfile::tempdir().expect("a folder");
        let elsewhere = tempfile::tempdir().expect("a folder");
        let link = at(home.path(), "bookinfo");
        fs::create_dir_all(link.parent().expect("above")).expect("made");
        std::os::unix::fs::symlink(elsewhere.path(), &link).expect("linked");
        assert!(matches!(
            export(home.path()),
            Err(ExportError::Conflict { .. })
        ));
        let left = fs::read_dir(elsewhere.path()).expect("read").count();
        assert_eq!(left, 0);
    }
}
