//! What was fetched and need not be again: archives by their digests, shelves by their repositories.
//!
//! On disk under the data directory, readable by nobody else and bounded; in memory the charts that were
//! opened last. What lies on disk is trusted only as far as its digest: an archive that no longer has it
//! is thrown away. A cache that cannot be written costs time and nothing else.

use crate::{Digest, shelf::Shelf};
use chart::Chart;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use wire::Repository;

/// How many opened charts are kept in memory.
const OPENED: usize = 32;
/// How many bytes of archives are kept on disk.
const ON_DISK: u64 = 256 << 20;

/// A chart that was opened, and the digest of its archive.
#[derive(Clone)]
pub struct Opened {
    /// The chart, with the charts it needs.
    pub chart: Arc<Chart>,
    /// The digest of its archive; none for a built-in one.
    pub digest: Option<Digest>,
}

/// A shelf with what is needed to ask whether it has changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptShelf {
    /// The address it was read from: a name can come to mean another place.
    pub(crate) address: String,
    pub(crate) etag: Option<String>,
    pub(crate) modified: Option<String>,
    /// When it was read or last said to be unchanged, in seconds since 1970.
    pub(crate) read: i64,
    #[serde(with = "shared")]
    pub(crate) shelf: Arc<Shelf>,
}

impl KeptShelf {
    /// A shelf without anything on it.
    pub(crate) fn empty(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            etag: None,
            modified: None,
            read: 0,
            shelf: Arc::default(),
        }
    }
}

/// A shared shelf is written as the shelf itself.
mod shared {
    use crate::shelf::Shelf;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use std::sync::Arc;

    pub(super) fn serialize<S: Serializer>(shelf: &Arc<Shelf>, to: S) -> Result<S::Ok, S::Error> {
        shelf.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Shelf>, D::Error> {
        Shelf::deserialize(from).map(Arc::new)
    }
}

/// Both caches.
pub(crate) struct Cache {
    folder: Option<PathBuf>,
    opened: Mutex<Vec<(String, Opened, i64)>>,
}

impl Cache {
    /// A cache in `folder`; without one, in memory only.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            opened: Mutex::default(),
        }
    }

    fn opened_charts(&self) -> MutexGuard<'_, Vec<(String, Opened, i64)>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A chart that was opened under this key since then.
    pub(crate) fn opened(&self, key: &str, since: i64) -> Option<Opened> {
        let mut opened = self.opened_charts();
        let mine = |(known, _, at): &(String, Opened, i64)| known == key && *at >= since;
        let place = opened.iter().position(mine)?;
        let found = opened.remove(place);
        let chart = found.1.clone();
        opened.push(found);
        Some(chart)
    }

    /// Keeps an opened chart; the one that was not asked for the longest goes.
    pub(crate) fn keep_opened(&self, key: &str, chart: &Opened, now: i64) {
        let mut opened = self.opened_charts();
        opened.retain(|(known, _, _)| known != key);
        opened.push((key.to_owned(), chart.clone(), now));
        if opened.len() > OPENED {
            opened.remove(0);
        }
    }

    /// An archive by its digest.
    pub(crate) fn archive(&self, digest: &Digest) -> Option<Vec<u8>> {
        let file = self.archive_file(digest)?;
        let bytes = fs::read(&file).ok()?;
        if Digest::of(&bytes) == *digest {
            return Some(bytes);
        }
        let _ = fs::remove_file(file);
        None
    }

    /// Keeps an archive under its digest.
    pub(crate) fn keep_archive(&self, digest: &Digest, bytes: &[u8]) {
        let Some(file) = self.archive_file(digest) else {
            return;
        };
        if let Some(folder) = file.parent() {
            make_room(folder, ON_DISK.saturating_sub(bytes.len() as u64));
        }
        told(write(&file, bytes), &file);
    }

    /// The shelf of a repository at this address.
    pub(crate) fn shelf(&self, name: &Repository, address: &str) -> Option<KeptShelf> {
        let bytes = fs::read(self.shelf_file(name)?).ok()?;
        let kept: KeptShelf = serde_json::from_slice(&bytes).ok()?;
        (kept.address == address).then_some(kept)
    }

    /// Keeps the shelf of a repository.
    pub(crate) fn keep_shelf(&self, name: &Repository, kept: &KeptShelf) {
        let Some(file) = self.shelf_file(name) else {
            return;
        };
        if let Ok(json) = serde_json::to_vec(kept) {
            told(write(&file, &json), &file);
        }
    }

    /// Forgets the shelf of a repository.
    pub(crate) fn forget_shelf(&self, name: &Repository) {
        if let Some(file) = self.shelf_file(name) {
            let _ = fs::remove_file(file);
        }
    }

    fn archive_file(&self, digest: &Digest) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?.join("charts");
        Some(folder.join(format!("{}.tgz", digest.hex())))
    }

    fn shelf_file(&self, name: &Repository) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?.join("shelves");
        Some(folder.join(format!("{name}.json")))
    }
}

/// Writes a file whole or not at all, for this user only.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
        only_mine(folder, 0o700)?;
    }
    let part = file.with_extension("part");
    fs::write(&part, bytes)?;
    only_mine(&part, 0o600)?;
    fs::rename(part, file)
}

#[cfg(unix)]
fn only_mine(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn only_mine(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}

/// A cache that cannot be written is told to the log.
fn told(written: std::io::Result<()>, file: &Path) {
    if let Err(error) = written {
        tracing::warn!(file = %file.display(), %error, "the cache could not be written");
    }
}

/// Removes the oldest files until at most `most` bytes are left.
fn make_room(folder: &Path, most: u64) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let about = entry.metadata().ok()?;
            Some((about.modified().ok()?, about.len(), entry.path()))
        })
        .collect();
    files.sort();
    let mut all: u64 = files.iter().map(|(_, length, _)| length).sum();
    for (_, length, path) in files {
        if all <= most {
            return;
        }
        if fs::remove_file(path).is_ok() {
            all = all.saturating_sub(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_that_was_changed_on_disk_is_thrown_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(Some(folder.path().to_owned()));
        let digest = Digest::of(b"archive");
        cache.keep_archive(&digest, b"archive");
        assert_eq!(
            cache.archive(&digest).as_deref(),
            Some(b"archive".as_slice())
        );
        let file = cache.archive_file(&digest).expect("a file");
        fs::write(&file, b"another").expect("changed");
        assert_eq!(cache.archive(&digest), None);
        assert!(!file.exists());
    }

    #[test]
    fn the_oldest_files_make_room() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, age) in [("a", 30), ("b", 20), ("c", 10)] {
            let path = folder.path().join(name);
            fs::write(&path, [0; 10]).expect("written");
            let about = fs::metadata(&path)
                .expect("a file")
                .modified()
                .expect("a time");
            let times =
                fs::FileTimes::new().set_modified(about - std::time::Duration::from_secs(age));
            let file = fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .expect("opened");
            file.set_times(times).expect("set");
        }
        make_room(folder.path(), 20);
        let left = |name: &str| folder.path().join(name).exists();
        assert!(!left("a") && left("b") && left("c"));
    }

    #[test]
    fn a_shelf_of_another_address_is_not_this_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(Some(folder.path().to_owned()));
        let name = Repository::new("shop").expect("a name");
        let kept = KeptShelf {
            address: "https://one.example".into(),
            etag: None,
            modified: None,
            read: 1,
            shelf: Arc::default(),
        };
        cache.keep_shelf(&name, &kept);
        assert!(cache.shelf(&name, "https://one.example").is_some());
        assert!(cache.shelf(&name, "https://two.example").is_none());
    }
}
