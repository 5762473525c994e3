//! The URL of the running server, stored in its data directory for `login-link`, and the lock on
//! that directory.

use anyhow::{Context as _, bail};
use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

/// An exclusive lock on a data directory; a second server cannot use the directory while it is held.
pub(crate) struct Lock(#[expect(dead_code, reason = "holding the file holds the lock")] File);

/// Locks the data directory for this process.
pub(crate) fn lock(folder: &Path) -> anyhow::Result<Lock> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let file = folder.join("lock");
    let file = File::create(&file).with_context(|| format!("cannot write {}", file.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => bail!("{} is in use by a server", folder.display()),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", folder.display()))
        }
    }
}

/// Stores the URL of this server.
pub(crate) fn write(folder: &Path, url: &str) -> anyhow::Result<()> {
    let file = folder.join("address");
    fs::write(&file, url).with_context(|| format!("cannot write {}", file.display()))
}

/// Reads the URL of the running server.
pub(crate) fn read(folder: &Path) -> anyhow::Result<String> {
    let is_running = File::create(folder.join("lock")).is_ok_and(|file| file.try_lock().is_err());
    anyhow::ensure!(is_running, "no server runs on {}", folder.display());
    let file = folder.join("address");
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}
