//! The URL of the running server, stored in its data directory for `login-link`, and the lock on
//! that directory.

use anyhow::Context as _;
use std::{
    fs::{self, File},
    path::Path,
};

/// An exclusive lock on a data directory; a second server cannot use the directory while it is held.
pub(crate) struct Lock(#[expect(dead_code, reason = "holding the file holds the lock")] File);

/// Locks the data directory for this process.
pub(crate) fn lock(folder: &Path) -> anyhow::Result<Lock> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let file = File::create(folder.join("lock"))?;
    file.try_lock()
        .with_context(|| format!("{} is in use by a server", folder.display()))?;
    Ok(Lock(file))
}

/// Stores the URL of this server.
pub(crate) fn write(folder: &Path, url: &str) -> anyhow::Result<()> {
    Ok(fs::write(folder.join("address"), url)?)
}

/// Reads the URL of the running server.
pub(crate) fn read(folder: &Path) -> anyhow::Result<String> {
    let is_running = File::create(folder.join("lock")).is_ok_and(|file| file.try_lock().is_err());
    anyhow::ensure!(is_running, "no server runs on {}", folder.display());
    Ok(fs::read_to_string(folder.join("address"))?)
}
