//! One entry of an archive: what it is, where it may lie, what it holds.
use std::io::{Error, Read};

use tar::{Entry, EntryType};

use super::ArchiveFault;

/// Where an entry lies.
pub(super) struct Path {
    /// As the archive says it.
    pub(super) whole: String,
    /// The folder at the top.
    top: String,
    /// The rest, with `/`.
    pub(super) below: String,
}

/// The path of a file; `None` for what is not a file and does no harm.
pub(super) fn path<R: Read>(entry: &Entry<'_, R>) -> Result<Option<Path>, ArchiveFault> {
    let kind = entry.header().entry_type();
    if matches!(kind, EntryType::XGlobalHeader) {
        return Ok(None);
    }
    let bytes = entry.path_bytes();
    let Ok(whole) = std::str::from_utf8(&bytes) else {
        let lossy = String::from_utf8_lossy(&bytes).into_owned();
        return Err(ArchiveFault::Name(lossy));
    };
    if kind.is_dir() {
        return Ok(None);
    }
    if !kind.is_file() && kind != EntryType::Continuous {
        return Err(ArchiveFault::Kind {
            entry: whole.to_owned(),
            kind: kind_name(kind),
        });
    }
    parse(whole).map(Some)
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

/// Takes a path apart; some archives are made where a path has backslashes.
fn parse(whole: &str) -> Result<Path, ArchiveFault> {
    let said = || whole.to_owned();
    let delimiter = if whole.contains('\\') { '\\' } else { '/' };
    if whole.chars().any(char::is_control) {
        return Err(ArchiveFault::Name(said()));
    }
    let Some((top, rest)) = whole.split_once(delimiter) else {
        return Err(match whole {
            "Chart.yaml" => ArchiveFault::NoFolder,
            _ => ArchiveFault::Outside(said()),
        });
    };
    if top.is_empty() || rest.starts_with(delimiter) {
        return Err(ArchiveFault::Absolute(said()));
    }
    let mut parts = Vec::new();
    for part in rest.split([delimiter, '/']) {
        match part {
            ".." => return Err(ArchiveFault::Parent(said())),
            "" | "." => {}
            part => parts.push(part),
        }
    }
    if top == ".." {
        return Err(ArchiveFault::Parent(said()));
    }
    if is_drive(top) || parts.first().is_some_and(|part| is_drive(part)) {
        return Err(ArchiveFault::Name(said()));
    }
    if parts.is_empty() {
        return Err(ArchiveFault::Outside(said()));
    }
    Ok(Path {
        whole: said(),
        top: top.to_owned(),
        below: parts.join("/"),
    })
}

/// `c:` is a place on another machine.
fn is_drive(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}

/// All files lie in one folder.
pub(super) fn same_top(top: &mut Option<String>, path: &Path) -> Result<(), ArchiveFault> {
    match top {
        None => {
            *top = Some(path.top.clone());
            Ok(())
        }
        Some(top) if *top == path.top => Ok(()),
        Some(_) => Err(ArchiveFault::SecondFolder(path.whole.clone())),
    }
}

/// What an entry holds; the failure is a limit of ours, or the stream's.
pub(super) fn contents<R: Read>(
    entry: &mut Entry<'_, R>,
    path: &Path,
    most: u64,
) -> Result<Vec<u8>, Result<ArchiveFault, Error>> {
    let too_large = || {
        Err(Ok(ArchiveFault::File {
            entry: path.whole.clone(),
            most,
        }))
    };
    if entry.size() > most {
        return too_large();
    }
    let mut data = Vec::new();
    entry.take(most + 1).read_to_end(&mut data).map_err(Err)?;
    if data.len() as u64 > most {
        return too_large();
    }
    if (data.len() as u64) < entry.size() {
        return Err(Err(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(data)
}
