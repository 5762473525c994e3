//! The cache of remote content: archives by digest, indexes by repository, opened charts in memory.
//!
//! The disk cache is under the data directory, with private permissions and a size limit. Archives are
//! verified by their digest when they are read; one that differs is deleted. A failed write is only logged.

use crate::{Digest, chart_index::ChartIndex};
use chart::Chart;
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use wire::Repository;

/// The number of opened charts in memory.
const MAX_OPENED_CHARTS: usize = 32;
/// The size limit of the archives on disk, in bytes.
const MAX_DISK_BYTES: u64 = 256 << 20;

/// An opened chart, and the digest of its archive.
#[derive(Clone)]
pub struct OpenedChart {
    /// The chart, with its dependencies.
    pub chart: Arc<Chart>,
    /// The digest of its archive; none for a built-in one.
    pub digest: Option<Digest>,
}

/// An index with the validators of a conditional request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CachedIndex {
    /// The address of the repository, whose name may be reused for another address.
    pub(crate) address: String,
    pub(crate) etag: Option<String>,
    pub(crate) modified: Option<String>,
    /// When it was last read or found unchanged, in seconds since 1970.
    pub(crate) read: i64,
    #[serde(with = "shared", alias = "shelf")]
    pub(crate) index: Arc<ChartIndex>,
}

impl CachedIndex {
    /// An empty index.
    pub(crate) fn empty(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            etag: None,
            modified: None,
            read: 0,
            index: Arc::default(),
        }
    }
}

/// Serialises a shared index as the index.
mod shared {
    use crate::chart_index::ChartIndex;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use std::sync::Arc;

    pub(super) fn serialize<S: Serializer>(
        index: &Arc<ChartIndex>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        index.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Arc<ChartIndex>, D::Error> {
        ChartIndex::deserialize(from).map(Arc::new)
    }
}

/// The cache on disk and in memory.
pub(crate) struct Cache {
    folder: Option<PathBuf>,
    opened: Mutex<Vec<(String, OpenedChart, i64)>>,
}

impl Cache {
    /// A cache in `folder`; without it, in memory only.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            opened: Mutex::default(),
        }
    }

    fn opened_charts(&self) -> MutexGuard<'_, Vec<(String, OpenedChart, i64)>> {
        self.opened.lock()
    }

    /// The chart that was opened under this key at or after `since`.
    pub(crate) fn opened(&self, key: &str, since: i64) -> Option<OpenedChart> {
        let mut opened = self.opened_charts();
        let matches = |(known, _, at): &(String, OpenedChart, i64)| known == key && *at >= since;
        let position = opened.iter().position(matches)?;
        let entry = opened.remove(position);
        let chart = entry.1.clone();
        opened.push(entry);
        Some(chart)
    }

    /// Stores an opened chart and evicts the least recently used one.
    pub(crate) fn store_opened(&self, key: &str, chart: &OpenedChart, now: i64) {
        let mut opened = self.opened_charts();
        opened.retain(|(known, _, _)| known != key);
        opened.push((key.to_owned(), chart.clone(), now));
        if opened.len() > MAX_OPENED_CHARTS {
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

    /// Stores an archive under its digest.
    pub(crate) fn store_archive(&self, digest: &Digest, bytes: &[u8]) {
        let Some(file) = self.archive_file(digest) else {
            return;
        };
        if let Some(folder) = file.parent() {
            evict_oldest(folder, MAX_DISK_BYTES.saturating_sub(bytes.len() as u64));
        }
        log_failure(write(&file, bytes), &file);
    }

    /// The index of a repository at this address.
    pub(crate) fn index(&self, name: &Repository, address: &str) -> Option<CachedIndex> {
        let bytes = fs::read(self.index_file(name)?).ok()?;
        let cached: CachedIndex = serde_json::from_slice(&bytes).ok()?;
        (cached.address == address).then_some(cached)
    }

    /// Stores the index of a repository.
    pub(crate) fn store_index(&self, name: &Repository, cached: &CachedIndex) {
        let Some(file) = self.index_file(name) else {
            return;
        };
        if let Ok(json) = serde_json::to_vec(cached) {
            log_failure(write(&file, &json), &file);
        }
    }

    /// Removes the index of a repository.
    pub(crate) fn remove_index(&self, name: &Repository) {
        if let Some(file) = self.index_file(name) {
            let _ = fs::remove_file(file);
        }
    }

    fn archive_file(&self, digest: &Digest) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?.join("charts");
        Some(folder.join(format!("{}.tgz", digest.hex())))
    }

    fn index_file(&self, name: &Repository) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?.join("shelves");
        Some(folder.join(format!("{name}.json")))
    }
}

/// Writes a file atomically, with permissions for this user only.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
        set_private_mode(folder, 0o700)?;
    }
    let part = file.with_extension("part");
    fs::write(&part, bytes)?;
    set_private_mode(&part, 0o600)?;
    fs::rename(part, file)
}

#[cfg(unix)]
fn set_private_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_private_mode(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}

/// Logs a failed write.
fn log_failure(written: std::io::Result<()>, file: &Path) {
    if let Err(error) = written {
        tracing::warn!(file = %file.display(), %error, "could not write the cache");
    }
}

/// Deletes the oldest files until at most `max_bytes` are left.
fn evict_oldest(folder: &Path, max_bytes: u64) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let metadata = entry.metadata().ok()?;
            Some((metadata.modified().ok()?, metadata.len(), entry.path()))
        })
        .collect();
    files.sort();
    let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
    for (_, length, path) in files {
        if total <= max_bytes {
            return;
        }
        if fs::remove_file(path).is_ok() {
            total = total.saturating_sub(length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_that_changed_on_disk_is_deleted() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(Some(folder.path().to_owned()));
        let digest = Digest::of(b"archive");
        cache.store_archive(&digest, b"archive");
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
    fn the_oldest_files_evict_oldest() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, age) in [("a", 30), ("b", 20), ("c", 10)] {
            let path = folder.path().join(name);
            fs::write(&path, [0; 10]).expect("written");
            let modified = fs::metadata(&path)
                .expect("a file")
                .modified()
                .expect("a time");
            let times =
                fs::FileTimes::new().set_modified(modified - std::time::Duration::from_secs(age));
            let file = fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .expect("opened");
            file.set_times(times).expect("set");
        }
        evict_oldest(folder.path(), 20);
        let exists = |name: &str| folder.path().join(name).exists();
        assert!(!exists("a") && exists("b") && exists("c"));
    }

    #[test]
    fn an_index_of_another_address_is_not_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(Some(folder.path().to_owned()));
        let name = Repository::new("shop").expect("a name");
        let cached = CachedIndex {
            address: "https://one.example".into(),
            etag: None,
            modified: None,
            read: 1,
            index: Arc::default(),
        };
        cache.store_index(&name, &cached);
        assert!(cache.index(&name, "https://one.example").is_some());
        assert!(cache.index(&name, "https://two.example").is_none());
    }
}
