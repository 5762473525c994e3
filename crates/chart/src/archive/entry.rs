//! One entry of an archive: its type, its path and its contents.
use std::io::{Error, Read};

use tar::{Entry, EntryType};

use super::ArchiveError;

/// The path of an entry.
pub(super) struct Path {
    /// The full path in the archive.
    pub(super) full_name: String,
    /// The top folder.
    top_folder: String,
    /// The path below the top folder, with `/`.
    pub(super) relative_name: String,
}

/// The path of a file; `None` for directories and global headers.
pub(super) fn path<R: Read>(entry: &Entry<'_, R>) -> Result<Option<Path>, ArchiveError> {
    let kind = entry.header().entry_type();
    if matches!(kind, EntryType::XGlobalHeader) {
        return Ok(None);
    }
    let bytes = entry.path_bytes();
    let Ok(full_name) = std::str::from_utf8(&bytes) else {
        let lossy = String::from_utf8_lossy(&bytes).into_owned();
        return Err(ArchiveError::Name(lossy));
    };
    if kind.is_dir() {
        return Ok(None);
    }
    if !kind.is_file() && kind != EntryType::Continuous {
        return Err(ArchiveError::NotAFile {
            entry: full_name.to_owned(),
            kind: kind_name(kind),
        });
    }
    parse(full_name).map(Some)
}

fn kind_name(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link",
        EntryType::Link => "a hard link",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a pipe",
        _ => "of an unknown kind",
    }
}

/// Splits and checks a path; archives from Windows have backslashes.
fn parse(full_name: &str) -> Result<Path, ArchiveError> {
    let name = || full_name.to_owned();
    let delimiter = if full_name.contains('\\') { '\\' } else { '/' };
    if full_name.chars().any(char::is_control) {
        return Err(ArchiveError::Name(name()));
    }
    let Some((top_folder, rest)) = full_name.split_once(delimiter) else {
        return Err(match full_name {
            "Chart.yaml" => ArchiveError::NoFolder,
            _ => ArchiveError::OutsideBaseDirectory(name()),
        });
    };
    if top_folder.is_empty() || rest.starts_with(delimiter) {
        return Err(ArchiveError::Absolute(name()));
    }
    let mut parts = Vec::new();
    for part in rest.split([delimiter, '/']) {
        match part {
            ".." => return Err(ArchiveError::Parent(name())),
            "" | "." => {}
            part => parts.push(part),
        }
    }
    if top_folder == ".." {
        return Err(ArchiveError::Parent(name()));
    }
    if is_drive(top_folder) || parts.first().is_some_and(|part| is_drive(part)) {
        return Err(ArchiveError::Name(name()));
    }
    if parts.is_empty() {
        return Err(ArchiveError::OutsideBaseDirectory(name()));
    }
    Ok(Path {
        full_name: name(),
        top_folder: top_folder.to_owned(),
        relative_name: parts.join("/"),
    })
}

/// Whether a path element is a drive such as `c:`.
fn is_drive(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}

/// Checks that all files are in the same top folder.
pub(super) fn check_same_folder(
    top_folder: &mut Option<String>,
    path: &Path,
) -> Result<(), ArchiveError> {
    match top_folder {
        None => {
            *top_folder = Some(path.top_folder.clone());
            Ok(())
        }
        Some(top_folder) if *top_folder == path.top_folder => Ok(()),
        Some(_) => Err(ArchiveError::SecondFolder(path.full_name.clone())),
    }
}

/// The contents of an entry; the error is an exceeded limit or an error of the stream.
pub(super) fn read_contents<R: Read>(
    entry: &mut Entry<'_, R>,
    path: &Path,
    limit: u64,
) -> Result<Vec<u8>, Result<ArchiveError, Error>> {
    let too_large = || {
        Err(Ok(ArchiveError::File {
            entry: path.full_name.clone(),
            limit,
        }))
    };
    if entry.size() > limit {
        return too_large();
    }
    let mut data = Vec::new();
    entry.take(limit + 1).read_to_end(&mut data).map_err(Err)?;
    if data.len() as u64 > limit {
        return too_large();
    }
    if (data.len() as u64) < entry.size() {
        return Err(Err(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(data)
}
