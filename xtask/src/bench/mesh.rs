//! One mesh of current Istio on two real clusters: the time from the first Deploy to the whole page, beside a script
//! of helm and kubectl, and what the console needs while it watches the mesh.

use super::{Figure, console::number};
use crate::{Outcome, cache, mesh_lab::MeshLab, run_program, tools};
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// The version of Istio that both install.
const VERSION: &str = "1.31.1";

/// Measures both, each on a lab of its own: the console in a browser, then the script.
///
/// # Errors
/// Why the lab, a browser or one of the two failed.
pub(super) fn figures(program: &Path, helpers: &Path) -> Outcome<Vec<Figure>> {
    tools::playwright()?;
    let seen = console(program)?;
    let script = script(helpers)?;
    let figure = |name, value, unit, peer| Figure {
        name,
        value,
        unit,
        peer,
    };
    Ok(vec![
        figure(
            "from Deploy to Book Details in the browser",
            number(&seen, "deploy_ms")? / 1000.0,
            "s",
            Some(("a script of helm and kubectl", script / 1000.0)),
        ),
        figure(
            "processor time while it watches the mesh",
            number(&seen, "cpu_ms_per_s")?,
            "ms/s",
            None,
        ),
        figure(
            "memory while it watches the mesh",
            number(&seen, "memory_mb")?,
            "MB",
            None,
        ),
    ])
}

/// The guided steps in a browser; the JSON object that the journey prints.
fn console(program: &Path) -> Outcome<String> {
    let lab = MeshLab::start()?;
    eprintln!("xtask: the guided steps in a browser …");
    let mut journey = Command::new("npx");
    journey
        .current_dir(cache::root().join("end2end"))
        .args(["playwright", "test", "lab.spec", "--reporter=list"])
        // The other journeys of the file need clusters without a mesh.
        .args(["--grep", "two kubeconfigs"])
        .env("MESHSPAN_PROGRAM", program)
        .env("MESHSPAN_SITE", cache::site())
        .env("MESHSPAN_CHROMIUM", tools::chromium()?)
        .env("MESHSPAN_BENCH", "1");
    lab.set_environment(&mut journey);
    let printed = run_program::read(&mut journey)?;
    let line = printed.lines().find(|line| line.contains("deploy_ms"));
    Ok(line.ok_or("the journey printed no figures")?.to_owned())
}

/// The script; milliseconds until the page is whole.
fn script(helpers: &Path) -> Outcome<f64> {
    let lab = MeshLab::start()?;
    eprintln!("xtask: the same by helm and kubectl …");
    let mut script = Command::new("bash");
    script
        .arg(cache::root().join("xtask/src/bench/mesh.sh"))
        .args([helpers.join("helm"), helpers.join("kubectl")])
        .args([lab.kubeconfig("east"), lab.kubeconfig("west")])
        .args([lab.charts(), VERSION])
        .arg(cache::root().join("crates/catalog"))
        .stdin(Stdio::null());
    Ok(run_program::read(&mut script)?.trim().parse()?)
}
