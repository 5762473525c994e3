//! Where slow things are kept: the repository's root, its target folder and the user's cache folder.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of this repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder, as cargo itself finds it.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// `$XDG_CACHE_HOME/meshspan` or `~/.cache/meshspan`.
pub(crate) fn folder() -> PathBuf {
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .unwrap_or_else(env::temp_dir)
        .join("meshspan")
}

/// Where the built site lies: wasm, css, icons, fonts.
pub(crate) fn site() -> PathBuf {
    target().join("site")
}
