//! Writes the built-in charts as folders, for helm and for whoever wants to read them.
//!
//! Nothing of somebody else is touched: when one file stands there already and is not what would be written,
//! or lies among what would be, nothing is written at all. Start at [`export`].

use crate::builtin::{self, BUILT_IN};
use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

/// A chart's folder that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The folder.
    pub folder: PathBuf,
    /// How many files it has.
    pub files: usize,
    /// How many of them were written now; the others were there, the same.
    pub written: usize,
}

/// Why the charts were not written.
#[derive(Debug, thiserror::Error)]
pub enum NoExport {
    /// Something stands there that the program would not write so.
    #[error("{} is there already and is not what would be written", path.display())]
    Foreign {
        /// What stands there.
        path: PathBuf,
    },
    /// The files cannot be read or written.
    #[error("could not write {}", path.display())]
    Files {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Writes every built-in chart to `folder`/built-in/NAME. A second time writes nothing.
///
/// # Errors
/// [`NoExport::Foreign`] before anything is written; [`NoExport::Files`].
pub fn export(folder: &Path) -> Result<Vec<Exported>, NoExport> {
    let home = folder.join(BUILT_IN);
    let plans: Vec<Plan> = builtin::folders()
        .map(|(name, files)| Plan::of(home.join(name), files))
        .collect::<Result<_, _>>()?;
    plans.iter().map(Plan::carry_out).collect()
}

/// A chart's folder that is to be written.
struct Plan {
    folder: PathBuf,
    files: Vec<(String, Vec<u8>)>,
    /// Files of it that are there already, the same.
    there: Vec<PathBuf>,
}

impl Plan {
    fn of(folder: PathBuf, files: Vec<(String, Vec<u8>)>) -> Result<Self, NoExport> {
        let there = there(&folder)?;
        for path in &there {
            let own = files.iter().find(|(name, _)| folder.join(name) == *path);
            let same = own.map(|(_, bytes)| fs::read(path).map(|read| read == *bytes));
            if same.transpose().map_err(failed(path))? != Some(true) {
                return Err(NoExport::Foreign { path: path.clone() });
            }
        }
        Ok(Self {
            folder,
            files,
            there,
        })
    }

    fn carry_out(&self) -> Result<Exported, NoExport> {
        let mut written = 0;
        for (name, bytes) in &self.files {
            let path = self.folder.join(name);
            if self.there.contains(&path) {
                continue;
            }
            let above = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(above).map_err(failed(above))?;
            let mut open = fs::File::create_new(&path).map_err(failed(&path))?;
            open.write_all(bytes).map_err(failed(&path))?;
            written += 1;
        }
        Ok(Exported {
            folder: self.folder.clone(),
            files: self.files.len(),
            written,
        })
    }
}

/// Every file below a folder; what is neither a file nor a folder is somebody else's.
fn there(folder: &Path) -> Result<Vec<PathBuf>, NoExport> {
    let about = match fs::symlink_metadata(folder) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(folder)(error)),
    };
    if !about.is_dir() {
        let path = folder.to_owned();
        return Err(NoExport::Foreign { path });
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        let about = fs::symlink_metadata(&path).map_err(failed(&path))?;
        if about.is_file() {
            found.push(path);
        } else {
            found.extend(there(&path)?);
        }
    }
    Ok(found)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> NoExport + '_ {
    move |source| NoExport::Files {
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
    fn every_chart_is_written_once_and_reads_as_the_built_in_one() {
        let home = tempfile::tempdir().expect("a folder");
        let first = export(home.path()).expect("written");
        let charts = builtin::charts().expect("the charts");
        assert_eq!(first.len(), charts.len());
        for one in &first {
            assert!(one.files > 0 && one.written == one.files);
            let read = there(&one.folder).expect("read").into_iter().map(|path| {
                let name = path.strip_prefix(&one.folder).expect("below");
                (name.display().to_string(), fs::read(&path).expect("a file"))
            });
            let read = Chart::from_files(read.collect::<Vec<_>>()).expect("a chart");
            let known = |chart: &Chart| {
                let same = chart.name() == read.name();
                same && chart.metadata().version == read.metadata().version
            };
            assert!(charts.values().any(|chart| known(chart)), "{one:?}");
        }
        let second = export(home.path()).expect("asked");
        assert!(second.iter().all(|one| one.written == 0));
    }

    #[test]
    fn what_is_somebody_elses_stops_it_before_anything_is_written() {
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
            let said = refused.to_string();
            assert!(said.contains(&own.display().to_string()), "{said}");
            assert_eq!(fs::read_to_string(&own).expect("kept"), text);
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
        assert!(matches!(export(home.path()), Err(NoExport::Foreign { .. })));
        let left = fs::read_dir(elsewhere.path()).expect("read").count();
        assert_eq!(left, 0);
    }
}
