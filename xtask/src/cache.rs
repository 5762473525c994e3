//! Where slow things are kept: the repository's root, its target folder and the user's cache folder.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of this repository. With a target folder that several clones share, the program may have been built in
/// another one, so that what cargo says when it runs it comes first.
pub(crate) fn root() -> PathBuf {
    let built = || PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(built, PathBuf::from);
    here.parent().map_or(here.clone(), Path::to_path_buf)
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
