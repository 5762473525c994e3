//! The programs of a control plane: in a given folder, in the cache, or built from Go modules.
//!
//! [`find`] builds only what is missing: `KUBEBUILDER_ASSETS` has precedence when it contains all four
//! programs, then the user's cache folder; otherwise Go builds the programs into that folder, once. The
//! modules and their checksums are in `programs/` beside this crate.
#![expect(
    clippy::disallowed_methods,
    reason = "a test is configured by its environment only"
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

/// The programs and their Go packages.
const PROGRAMS: [(&str, &str); 4] = [
    ("etcd", "go.etcd.io/etcd/server/v3"),
    ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    (
        "kube-controller-manager",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
    ),
    ("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
];

/// The minimum version of Go that builds them.
const MIN_GO: (u32, u32) = (1, 26);

/// A folder with all four programs.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn in_folder(folder: PathBuf) -> Option<Self> {
        let is_complete = PROGRAMS.iter().all(|(name, _)| folder.join(name).is_file());
        is_complete.then_some(Self { folder })
    }
}

/// Finds the programs, or builds them once, which takes minutes; progress goes to standard error.
///
/// # Errors
/// [`Error::Missing`] when there are neither programs nor a Go toolchain, [`Error::Build`] and
/// [`Error::Write`] when the build fails.
pub fn find() -> Result<Programs, Error> {
    let assets = env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
    let cached = cache().join("programs").join(VERSION);
    if let Some(programs) = assets
        .and_then(Programs::in_folder)
        .or_else(|| Programs::in_folder(cached.clone()))
    {
        return Ok(programs);
    }
    if !go_is_installed() {
        return Err(Error::Missing {
            reason: format!(
                "etcd, kube-apiserver, kube-controller-manager and kube-scheduler are neither in \
                 KUBEBUILDER_ASSETS nor in {}, and Go {}.{} or newer is not installed to build them",
                cached.display(),
                MIN_GO.0,
                MIN_GO.1
            ),
        });
    }
    build(&cached)
}

/// Whether suites on real API servers must run: when the programs can be built, a skip is a failure.
pub fn required() -> bool {
    go_is_installed()
}

/// `$XDG_CACHE_HOME/meshspan` or `~/.cache/meshspan`.
pub(crate) fn cache() -> PathBuf {
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .unwrap_or_else(env::temp_dir)
        .join("meshspan")
}

/// Builds in a separate folder and moves the finished programs to `target`, so that no incomplete
/// program is ever found there.
fn build(target: &Path) -> Result<Programs, Error> {
    let parent = target.parent().unwrap_or(target);
    let write = |path: &Path, source| Error::Write {
        path: path.to_owned(),
        source,
    };
    fs::create_dir_all(parent).map_err(|source| write(parent, source))?;
    // When two test binaries need the programs at the same time, the second waits for the first.
    let lock = parent.join("lock");
    let lock_file = File::create(&lock).map_err(|source| write(&lock, source))?;
    lock_file.lock().map_err(|source| write(&lock, source))?;
    if let Some(programs) = Programs::in_folder(target.to_owned()) {
        return Ok(programs);
    }
    let building = parent.join(format!("{VERSION}.building"));
    fs::create_dir_all(&building).map_err(|source| write(&building, source))?;
    eprintln!(
        "lab: building Kubernetes {VERSION} and etcd with Go, once; about 7 minutes on two cores"
    );
    for (name, package) in PROGRAMS {
        eprintln!("lab: building {name} …");
        go_build(package, &building.join(name))?;
    }
    fs::create_dir_all(target).map_err(|source| write(target, source))?;
    for (name, _) in PROGRAMS {
        let program = target.join(name);
        fs::rename(building.join(name), &program).map_err(|source| write(&program, source))?;
    }
    let _ = fs::remove_dir(&building);
    eprintln!("lab: stored in {}", target.display());
    Programs::in_folder(target.to_owned()).ok_or_else(|| Error::Missing {
        reason: format!("{} is incomplete", target.display()),
    })
}

fn go_build(package: &str, target: &Path) -> Result<(), Error> {
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
        .args([target.as_os_str(), package.as_ref()]);
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
        output: last_lines(&String::from_utf8_lossy(&output.stderr), 12),
    })
}

fn go_is_installed() -> bool {
    let output = Command::new("go").arg("version").output();
    output.is_ok_and(|output| {
        let version = go_version(&String::from_utf8_lossy(&output.stdout));
        version.is_some_and(|version| version >= MIN_GO)
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

/// The last lines of a log, at most `max`.
pub(crate) fn last_lines(text: &str, max: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(max)..)
        .unwrap_or_default()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_go_is_parsed() {
        assert_eq!(go_version("go version go1.26.8 linux/amd64"), Some((1, 26)));
        assert_eq!(
            go_version("go version go1.27rc1 linux/amd64"),
            Some((1, 27))
        );
        assert_eq!(go_version("gopher"), None);
    }

    #[test]
    fn the_go_module_requires_the_stated_version_of_kubernetes() {
        let modules = include_str!("../programs/go.mod");
        assert!(modules.contains(&format!("k8s.io/kubernetes {VERSION}")));
    }
}
