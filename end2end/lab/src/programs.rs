//! Where the programs of a control plane come from: a folder that is named, the cache, or Go modules.
//!
//! [`find`] looks and never builds for nothing: `KUBEBUILDER_ASSETS` wins when all four programs lie
//! in it, then the user's cache folder, then Go builds them into that folder, once. The modules and
//! their sums are in `programs/` beside this crate.
#![expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]

use crate::Error;
use std::{
    env, fs,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

/// The version of Kubernetes that is built.
pub const VERSION: &str = "v1.36.3";

/// What is built, and the Go package it comes from.
const PROGRAMS: [(&str, &str); 4] = [
    ("etcd", "go.etcd.io/etcd/server/v3"),
    ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    (
        "kube-controller-manager",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
    ),
    ("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
];

/// The oldest Go that builds them.
const OLDEST_GO: (u32, u32) = (1, 26);

/// A folder that holds all four programs.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn within(folder: PathBuf) -> Option<Self> {
        let all = PROGRAMS.iter().all(|(name, _)| folder.join(name).is_file());
        all.then_some(Self { folder })
    }
}

/// Finds the programs, or builds them; that takes minutes, once, and is told on standard error.
///
/// # Errors
/// [`Error::Missing`] where there are none and no Go to build them, [`Error::Build`] and
/// [`Error::Write`] when building fails.
pub fn find() -> Result<Programs, Error> {
    let named = env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
    let kept = cache().join("programs").join(VERSION);
    if let Some(found) = named
        .and_then(Programs::within)
        .or_else(|| Programs::within(kept.clone()))
    {
        return Ok(found);
    }
    if !go_is_here() {
        return Err(Error::Missing {
            reason: format!(
                "KUBEBUILDER_ASSETS names no folder with etcd, kube-apiserver, \
                 kube-controller-manager and kube-scheduler, {} holds none, and there is no Go {}.{} \
                 or newer to build them",
                kept.display(),
                OLDEST_GO.0,
                OLDEST_GO.1
            ),
        });
    }
    build(&kept)
}

/// Whether a suite that needs real API servers must run here: where they can be built, a skip is a
/// failure.
pub fn required() -> bool {
    go_is_here()
}

/// `$XDG_CACHE_HOME/meshspan` or `~/.cache/meshspan`.
pub(crate) fn cache() -> PathBuf {
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .unwrap_or_else(env::temp_dir)
        .join("meshspan")
}

/// Builds into a folder beside `kept` and moves whole programs at the end: nobody finds half of one.
fn build(kept: &Path) -> Result<Programs, Error> {
    let above = kept.parent().unwrap_or(kept);
    let write = |path: &Path, source| Error::Write {
        path: path.to_owned(),
        source,
    };
    fs::create_dir_all(above).map_err(|source| write(above, source))?;
    // Two test binaries that both miss the programs build them once: the second waits here.
    let lock = above.join("lock");
    let held = File::create(&lock).map_err(|source| write(&lock, source))?;
    held.lock().map_err(|source| write(&lock, source))?;
    if let Some(found) = Programs::within(kept.to_owned()) {
        return Ok(found);
    }
    let coming = above.join(format!("{VERSION}.building"));
    fs::create_dir_all(&coming).map_err(|source| write(&coming, source))?;
    eprintln!(
        "lab: building Kubernetes {VERSION} and etcd with Go, once; about 7 minutes on two cores"
    );
    for (name, package) in PROGRAMS {
        eprintln!("lab: building {name} …");
        go_build(package, &coming.join(name))?;
    }
    fs::create_dir_all(kept).map_err(|source| write(kept, source))?;
    for (name, _) in PROGRAMS {
        let whole = kept.join(name);
        fs::rename(coming.join(name), &whole).map_err(|source| write(&whole, source))?;
    }
    let _ = fs::remove_dir(&coming);
    eprintln!("lab: kept in {}", kept.display());
    Programs::within(kept.to_owned()).ok_or_else(|| Error::Missing {
        reason: format!("{} is not complete", kept.display()),
    })
}

fn go_build(package: &str, to: &Path) -> Result<(), Error> {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let minor = VERSION.split('.').nth(1).unwrap_or_default();
    let flags = format!(
        "-s -w -X k8s.io/component-base/version.gitVersion={VERSION} \
         -X k8s.io/component-base/version.gitMajor=1 \
         -X k8s.io/component-base/version.gitMinor={minor} \
         -X k8s.io/client-go/pkg/version.gitVersion={VERSION}"
    );
    let mut go = Command::new("go");
    go.current_dir(modules)
        .env("CGO_ENABLED", "0")
        .args([
            "build",
            "-mod=readonly",
            "-trimpath",
            "-ldflags",
            &flags,
            "-o",
        ])
        .args([to.as_os_str(), package.as_ref()]);
    let program = || package.rsplit('/').next().unwrap_or(package).to_owned();
    let output = go.output().map_err(|source| Error::Start {
        program: "go".into(),
        source,
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Build {
        program: program(),
        said: last_lines(&String::from_utf8_lossy(&output.stderr), 12),
    })
}

fn go_is_here() -> bool {
    let said = Command::new("go").arg("version").output();
    said.is_ok_and(|said| {
        go_version(&String::from_utf8_lossy(&said.stdout)).is_some_and(|found| found >= OLDEST_GO)
    })
}

/// The version in a text such as `go version go1.26.8 linux/amd64`.
fn go_version(text: &str) -> Option<(u32, u32)> {
    let word = text.split_whitespace().find_map(|word| {
        let digits = word.strip_prefix("go")?;
        digits
            .starts_with(|first: char| first.is_ascii_digit())
            .then_some(digits)
    })?;
    let digits = |part: &str| -> Option<u32> {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        part.get(..end)?.parse().ok()
    };
    let mut parts = word.split('.');
    Some((digits(parts.next()?)?, digits(parts.next()?)?))
}

/// How a log ends.
pub(crate) fn last_lines(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(most)..)
        .unwrap_or_default()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_go_is_read() {
        assert_eq!(go_version("go version go1.26.8 linux/amd64"), Some((1, 26)));
        assert_eq!(
            go_version("go version go1.27rc1 linux/amd64"),
            Some((1, 27))
        );
        assert_eq!(go_version("gopher"), None);
    }

    #[test]
    fn the_modules_build_the_version_that_is_said() {
        let modules = include_str!("../programs/go.mod");
        assert!(modules.contains(&format!("k8s.io/kubernetes {VERSION}")));
    }
}
