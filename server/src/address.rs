//! Where the running server is, kept in its data directory for `login-link`; and the lock on it.

use anyhow::Context as _;
use std::{
    fs::{self, File},
    net::SocketAddr,
    path::Path,
};

/// Keeps a second server out of a data directory, for as long as it lives.
pub(crate) struct Lock(#[expect(dead_code, reason = "holding the file holds the lock")] File);

/// Takes the data directory for this process.
pub(crate) fn lock(folder: &Path) -> anyhow::Result<Lock> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = File::create(folder.join("lock"))?;
    file.try_lock()
        .with_context(|| format!("{} is in use by a server", folder.display()))?;
    Ok(Lock(file))
}

/// Writes where this server is.
pub(crate) fn write(folder: &Path, address: SocketAddr) -> anyhow::Result<()> {
    Ok(fs::write(folder.join("address"), address.to_string())?)
}

/// Reads where the running server is.
pub(crate) fn read(folder: &Path) -> anyhow::Result<SocketAddr> {
    let running = File::create(folder.join("lock")).is_ok_and(|file| file.try_lock().is_err());
    anyhow::ensure!(running, "no server runs on {}", folder.display());
    let text = fs::read_to_string(folder.join("address"))?;
    Ok(text.trim().parse()?)
}
