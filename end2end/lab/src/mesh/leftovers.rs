//! What a mesh lab leaves on the host when it ends: its folder, and the cgroups of its containers.
//!
//! Processes, interfaces, routes and mounts end by themselves. Start at [`remove`].

use super::{MeshConfig, host::INTERFACE};
use crate::Error;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The cgroup of all containers of the lab.
pub(super) const CGROUP: &str = "meshspan-lab";

/// The file that marks a folder as that of a mesh lab, so that no other folder is ever removed.
const MARKER: &str = ".mesh-lab";

/// Folders that nodes create on the host to have another one in their place.
const REPLACED: [&str; 2] = ["/var/lib/cni", "/var/lib/kubelet"];

const CGROUPS: &str = "/sys/fs/cgroup";

/// How long processes of a lab may take to end.
const END_TIMEOUT: Duration = Duration::from_secs(15);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Creates the folder of a lab, or takes an empty one.
///
/// # Errors
/// [`Error::Write`] when it has files of something else.
pub(super) fn claim(config: &MeshConfig) -> Result<(), Error> {
    let folder = &config.folder;
    let write = |source| Error::Write {
        path: folder.clone(),
        source,
    };
    fs::create_dir_all(folder).map_err(write)?;
    let marker = folder.join(MARKER);
    let mut entries = fs::read_dir(folder).map_err(write)?;
    if !marker.is_file() && entries.next().is_some() {
        let source = io::Error::other("the folder is not empty, and no mesh lab created it");
        return Err(write(source));
    }
    fs::write(&marker, "").map_err(write)
}

/// Removes what a lab left that no longer runs; whether there was anything.
///
/// # Errors
/// [`Error::Write`] when a lab still runs, or something cannot be removed.
pub fn remove(config: &MeshConfig) -> Result<bool, Error> {
    let mut removed = false;
    let interface = Path::new("/sys/class/net").join(INTERFACE);
    until_gone(&interface, || Ok(()))?;
    for cgroup in cgroups() {
        removed = true;
        until_gone(&cgroup, || remove_cgroup(&cgroup))?;
    }
    for folder in REPLACED {
        // A folder that is not empty belongs to something else.
        let _ = fs::remove_dir(folder);
    }
    if config.folder.join(MARKER).is_file() {
        removed = true;
        until_gone(&config.folder, || fs::remove_dir_all(&config.folder))?;
    }
    Ok(removed)
}

/// Tries to remove `path` until it is gone.
fn until_gone(path: &Path, remove: impl Fn() -> io::Result<()>) -> Result<(), Error> {
    let start = Instant::now();
    loop {
        if !path.exists() {
            return Ok(());
        }
        let outcome = remove();
        if !path.exists() {
            return Ok(());
        }
        if start.elapsed() > END_TIMEOUT {
            let in_use = || io::Error::other("a process of a mesh lab still uses it");
            return Err(Error::Write {
                path: path.to_owned(),
                source: outcome.err().unwrap_or_else(in_use),
            });
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// The cgroup of the lab in each hierarchy: one with version 2, several with version 1.
fn cgroups() -> Vec<PathBuf> {
    let root = Path::new(CGROUPS);
    let hierarchies = fs::read_dir(root).into_iter().flatten().flatten();
    hierarchies
        .map(|hierarchy| hierarchy.path())
        .filter(|path| !path.is_symlink())
        .chain([root.to_owned()])
        .map(|hierarchy| hierarchy.join(CGROUP))
        .filter(|cgroup| cgroup.is_dir())
        .collect()
}

/// Removes a cgroup and those in it; the files in a cgroup need no removal.
fn remove_cgroup(cgroup: &Path) -> io::Result<()> {
    for entry in fs::read_dir(cgroup)?.flatten() {
        if entry.path().is_dir() {
            remove_cgroup(&entry.path())?;
        }
    }
    fs::remove_dir(cgroup)
}
