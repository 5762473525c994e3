//! The programs of a control plane: in a given folder, in the cache, or built from Go modules.
//!
//! [`find`] builds only what is missing: `KUBEBUILDER_ASSETS` has precedence when it contains all four
//! programs, then the user's cache folder; otherwise Go builds the programs into that folder, once.
#![expect(
    clippy::disallowed_methods,
    reason = "a test is configured by its environment only"
)]

use crate::{
    Error,
    go::{self, GoProgram, cache},
};
use std::{
    env,
    path::{Path, PathBuf},
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
    if let Some(programs) = assets.and_then(Programs::in_folder) {
        return Ok(programs);
    }
    control_plane_in_cache()
}

/// The programs in the user's cache, built if need be.
///
/// # Errors
/// The errors of [`find`].
pub(crate) fn control_plane_in_cache() -> Result<Programs, Error> {
    let folder = cache().join("programs").join(VERSION);
    let programs = PROGRAMS.map(|(name, package)| kubernetes(name, package));
    let title =
        format!("Kubernetes {VERSION} and etcd with Go, once; about 7 minutes on two cores");
    go::provide(&folder, &programs, &title)?;
    Ok(Programs { folder })
}

/// A program of Kubernetes, with its version.
pub(crate) fn kubernetes(name: &'static str, package: &'static str) -> GoProgram {
    let minor = VERSION.split('.').nth(1).unwrap_or_default();
    GoProgram {
        name,
        package,
        module: "",
        tags: "",
        linker_flags: format!(
            "-X k8s.io/component-base/version.gitVersion={VERSION} \
             -X k8s.io/component-base/version.gitMajor=1 \
             -X k8s.io/component-base/version.gitMinor={minor} \
             -X k8s.io/client-go/pkg/version.gitVersion={VERSION}"
        ),
    }
}

/// Whether suites on real API servers must run: when the programs can be built, a skip is a failure.
pub fn required() -> bool {
    go::is_installed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_go_module_requires_the_stated_version_of_kubernetes() {
        let modules = include_str!("../programs/go.mod");
        assert!(modules.contains(&format!("k8s.io/kubernetes {VERSION}")));
    }
}
