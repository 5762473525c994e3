//! Unpacks a chart's archive in memory.
//!
//! An archive is a stranger's: nothing is written to a disk, and links, devices, names that lead
//! out of the chart, names said twice and whatever grows beyond [`ArchiveLimits`] end in one error
//! that names the entry. Start at [`Chart::from_archive`].
mod entry;
mod meter;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use crate::error::Error;
use crate::model::{Chart, File};
use meter::{Meter, Metered};

/// How large an archive may be, packed and unpacked. Charts packed inside of a chart count with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// The bytes of the archive itself.
    pub compressed: u64,
    /// The bytes of all that comes out of it.
    pub total: u64,
    /// The bytes of one file.
    pub file: u64,
    /// The number of files.
    pub files: usize,
    /// How many times more may come out than went in; small archives are not held to it.
    pub ratio: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            compressed: 20 * 1024 * 1024,
            total: 100 * 1024 * 1024,
            file: 5 * 1024 * 1024,
            files: 10_000,
            ratio: 250,
        }
    }
}

/// Why an archive is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It is not a gzip stream of a tar archive.
    #[error("it is not a gzipped tar archive: {0}")]
    NotAnArchive(String),
    /// It holds nothing.
    #[error("no files in chart archive")]
    Empty,
    /// It is larger than allowed.
    #[error("it is larger than the maximum size {0}")]
    Compressed(u64),
    /// More comes out of it than allowed.
    #[error("decompressed chart is larger than the maximum size {0}")]
    Total(u64),
    /// More comes out of it than any chart would hold.
    #[error("it unpacks to more than {0} times its size")]
    Ratio(u64),
    /// Too many files.
    #[error("it holds more than {0} files")]
    Files(usize),
    /// A file is larger than allowed.
    #[error("decompressed chart file {entry:?} is larger than the maximum file size {limit}")]
    File {
        /// The entry.
        entry: String,
        /// What is allowed.
        limit: u64,
    },
    /// A link, a device or the like.
    #[error("chart contains {entry:?}, which is {kind} and not a file")]
    NotAFile {
        /// The entry.
        entry: String,
        /// What it is.
        kind: &'static str,
    },
    /// A path from the root of a machine.
    #[error("chart illegally contains absolute paths: {0:?}")]
    Absolute(String),
    /// A path with `..` in it.
    #[error("chart illegally references parent directory: {0:?}")]
    Parent(String),
    /// A name that no file of a chart may have.
    #[error("chart contains illegally named files: {0:?}")]
    Name(String),
    /// A file that is in no folder.
    #[error("chart illegally contains content outside the base directory: {0:?}")]
    OutsideBaseDirectory(String),
    /// A second folder at the top.
    #[error("chart archive has more than one folder at its top: {0:?}")]
    SecondFolder(String),
    /// Chart.yaml is not in a folder.
    #[error("chart yaml not in base directory")]
    NoFolder,
    /// A name that is there already.
    #[error("chart contains {0:?} twice")]
    Duplicate(String),
}

impl Chart {
    /// Reads a chart from its archive (.tgz), within these limits.
    ///
    /// # Errors
    /// [`Error::Archive`] naming the entry, and what [`Chart::from_files`] says of the files.
    pub fn from_archive(bytes: &[u8], limits: &ArchiveLimits) -> Result<Self, Error> {
        let mut unpacker = Unpacker::new(*limits);
        let files = unpacker.files(bytes)?;
        Self::assemble(files, &mut unpacker)
    }
}

/// Unpacks an archive and those inside of it, all within the same limits.
pub(crate) struct Unpacker {
    limits: ArchiveLimits,
    meter: Rc<RefCell<Meter>>,
    files: usize,
}

impl Unpacker {
    pub(crate) fn new(limits: ArchiveLimits) -> Self {
        Self {
            limits,
            meter: Rc::new(RefCell::new(Meter::new(limits))),
            files: 0,
        }
    }

    /// The files of an archive, without its top folder.
    pub(crate) fn files(&mut self, bytes: &[u8]) -> Result<Vec<File>, Error> {
        self.unpack(bytes).map_err(Error::Archive)
    }

    fn unpack(&mut self, bytes: &[u8]) -> Result<Vec<File>, ArchiveError> {
        let size = bytes.len() as u64;
        if size > self.limits.compressed {
            return Err(ArchiveError::Compressed(self.limits.compressed));
        }
        self.meter.borrow_mut().add_archive(size);
        let stream = Metered::new(MultiGzDecoder::new(bytes), self.meter.clone());
        let mut archive = tar::Archive::new(stream);
        let entries = archive
            .entries()
            .map_err(|error| self.stream_error(&error))?;
        let mut top_folder = None;
        let mut names = BTreeSet::new();
        let mut found = Vec::new();
        for entry in entries {
            let mut entry = entry.map_err(|error| self.stream_error(&error))?;
            let Some(path) = entry::path(&entry)? else {
                continue;
            };
            self.files += 1;
            if self.files > self.limits.files {
                return Err(ArchiveError::Files(self.limits.files));
            }
            entry::check_same_folder(&mut top_folder, &path)?;
            if !names.insert(path.relative_path.clone()) {
                return Err(ArchiveError::Duplicate(path.full_name));
            }
            let data = entry::read_contents(&mut entry, &path, self.limits.file)
                .map_err(|limit| limit.unwrap_or_else(|error| self.stream_error(&error)))?;
            found.push(File {
                name: path.relative_path,
                data,
            });
        }
        if found.is_empty() {
            return Err(ArchiveError::Empty);
        }
        Ok(found)
    }

    /// Why the stream ended: a limit of ours, or what the archive's readers say.
    fn stream_error(&self, error: &std::io::Error) -> ArchiveError {
        let exceeded = self.meter.borrow().exceeded.clone();
        exceeded.unwrap_or_else(|| ArchiveError::NotAnArchive(error.to_string()))
    }
}

#[cfg(test)]
mod tests;
