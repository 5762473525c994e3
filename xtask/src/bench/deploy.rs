//! The time from Deploy until all objects are accepted, compared with kubectl on the same API server.

use super::{
    Figure,
    console::{Console, browse, number},
};
use crate::{Outcome, cache, run_program};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

const CLUSTER: &str = "istio-control-plane";

/// Two real clusters in a separate folder; they stop when this is dropped.
struct Lab(PathBuf);

fn lab(command: &str, folder: &Path) -> Outcome<String> {
    run_program::read(
        Command::new("cargo")
            .current_dir(cache::root())
            .args([
                "run", "--quiet", "--locked", "-p", "lab", "--", command, "--folder",
            ])
            .arg(folder),
    )
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = lab("down", &self.0);
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Measures a deployment.
///
/// # Errors
/// Why the deployment could not be measured.
pub(super) fn figure(program: &Path, helpers: &Path) -> Outcome<Figure> {
    let folder = std::env::temp_dir().join(format!("meshspan-bench-lab-{}", std::process::id()));
    lab("up", &folder)?;
    let lab = Lab(folder);
    let kubeconfig = lab.0.join(format!("{CLUSTER}.kubeconfig"));
    let kubectl = kubectl(helpers, &kubeconfig, &lab.0)?;
    clean(helpers, &kubeconfig)?;
    let console = Console::start(program, &["--allow-loopback-clusters"])?;
    let timings = browse(&console.link, Some(&kubeconfig.display().to_string()))?;
    Ok(Figure {
        name: "from Deploy until all objects are accepted",
        value: number(&timings, "accepted")?,
        unit: "ms",
        peer: Some(("kubectl apply --server-side", kubectl)),
    })
}

/// Applies the same manifests with kubectl: CRDs first and, once they are established, the rest.
fn kubectl(helpers: &Path, kubeconfig: &Path, folder: &Path) -> Outcome<f64> {
    let chart = cache::root().join("crates/catalog/charts/ack-istio");
    let rendered = run_program::read(
        Command::new(helpers.join("helm"))
            .args(["template", "ack-istio"])
            .arg(&chart)
            .args([
                "-n",
                "istio-system",
                "--no-hooks",
                "--kube-version",
                "1.36.3",
            ])
            .args([
                "--api-versions",
                "policy/v1",
                "--api-versions",
                "autoscaling/v2",
            ]),
    )?;
    let rest = folder.join("rest.yaml");
    fs::write(&rest, rendered)?;
    let run = |arguments: &[&str], file: Option<&Path>| -> Outcome {
        let mut command = Command::new(helpers.join("kubectl"));
        command.arg("--kubeconfig").arg(kubeconfig).args(arguments);
        if let Some(file) = file {
            command.arg("-f").arg(file);
        }
        run_program::read(&mut command).map(drop)
    };
    let start = Instant::now();
    run(&["create", "namespace", "istio-system"], None)?;
    run(&["apply", "--server-side"], Some(&chart.join("crds")))?;
    run(
        &[
            "wait",
            "--for=condition=Established",
            "crd",
            "--all",
            "--timeout=60s",
        ],
        None,
    )?;
    run(
        &["apply", "--server-side", "-n", "istio-system"],
        Some(&rest),
    )?;
    let took = start.elapsed().as_secs_f64() * 1000.0;
    run(
        &[
            "delete",
            "-n",
            "istio-system",
            "--ignore-not-found",
            "--wait",
        ],
        Some(&rest),
    )?;
    Ok(took)
}

/// Deletes the objects of the first run before the second.
fn clean(helpers: &Path, kubeconfig: &Path) -> Outcome {
    for arguments in [
        &["delete", "crd", "--all", "--wait"][..],
        &["delete", "namespace", "istio-system", "--wait"][..],
    ] {
        let mut command = Command::new(helpers.join("kubectl"));
        run_program::read(command.arg("--kubeconfig").arg(kubeconfig).args(arguments))?;
    }
    Ok(())
}
