//! Unpacks chart archives in memory.
//!
//! An archive is untrusted: nothing is written to disk, and links, devices, paths outside of the
//! chart, duplicate names and contents beyond [`ArchiveLimits`] are errors that name the entry.
//! Start at [`Unpacker`].
mod entry;
mod meter;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use crate::file::File;
use meter::{Meter, Metered};

/// The maximum sizes of an archive, packed and unpacked. Packed subcharts count towards the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// The maximum size of the archive, in bytes.
    pub compressed: u64,
    /// The maximum total size of the unpacked files, in bytes.
    pub total: u64,
    /// The maximum size of one file, in bytes.
    pub file: u64,
    /// The maximum number of files.
    pub files: usize,
    /// The maximum ratio of unpacked to packed size; small archives are exempt.
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

/// Why an archive is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The data is not a gzipped tar archive.
    #[error("it is not a gzipped tar archive: {0}")]
    NotAnArchive(String),
    /// The archive has no files.
    #[error("no files in chart archive")]
    Empty,
    /// The archive exceeds the maximum size.
    #[error("it is larger than the maximum size {0}")]
    Compressed(u64),
    /// The unpacked files exceed the maximum total size.
    #[error("decompressed chart is larger than the maximum size {0}")]
    Total(u64),
    /// The compression ratio exceeds the maximum.
    #[error("it unpacks to more than {0} times its size")]
    Ratio(u64),
    /// The number of files exceeds the maximum.
    #[error("it holds more than {0} files")]
    Files(usize),
    /// A file exceeds the maximum size.
    #[error("decompressed chart file {entry:?} is larger than the maximum file size {limit}")]
    File {
        /// The entry.
        entry: String,
        /// The maximum size, in bytes.
        limit: u64,
    },
    /// An entry that is not a file, such as a link or a device.
    #[error("chart contains {entry:?}, which is {kind} and not a file")]
    NotAFile {
        /// The entry.
        entry: String,
        /// What it is.
        kind: &'static str,
    },
    /// An absolute path.
    #[error("chart illegally contains absolute paths: {0:?}")]
    Absolute(String),
    /// A path that contains `..`.
    #[error("chart illegally references parent directory: {0:?}")]
    Parent(String),
    /// An invalid file name.
    #[error("chart contains illegally named files: {0:?}")]
    Name(String),
    /// A file outside of the top folder.
    #[error("chart illegally contains content outside the base directory: {0:?}")]
    OutsideBaseDirectory(String),
    /// A second top folder.
    #[error("chart archive has more than one folder at its top: {0:?}")]
    SecondFolder(String),
    /// Chart.yaml is not in a top folder.
    #[error("chart yaml not in base directory")]
    NoFolder,
    /// A duplicate name.
    #[error("chart contains {0:?} twice")]
    Duplicate(String),
}

/// Unpacks an archive and the archives inside it, within the same limits.
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

    /// The files of an archive, relative to its top folder.
    pub(crate) fn files(&mut self, bytes: &[u8]) -> Result<Vec<File>, ArchiveError> {
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
            if !names.insert(path.relative_name.clone()) {
                return Err(ArchiveError::Duplicate(path.full_name));
            }
            let data = entry::read_contents(&mut entry, &path, self.limits.file)
                .map_err(|limit| limit.unwrap_or_else(|error| self.stream_error(&error)))?;
            found.push(File {
                name: path.relative_name,
                data,
            });
        }
        if found.is_empty() {
            return Err(ArchiveError::Empty);
        }
        Ok(found)
    }

    /// The reason for a stream error: an exceeded limit, or the error of the reader.
    fn stream_error(&self, error: &std::io::Error) -> ArchiveError {
        let exceeded = self.meter.borrow().exceeded.clone();
        let reason = match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "it ends too early",
            _ => "it is damaged, or has another format",
        };
        exceeded.unwrap_or_else(|| ArchiveError::NotAnArchive(reason.to_owned()))
    }
}

#[cfg(test)]
mod tests;
