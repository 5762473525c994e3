//! The journey on a real mesh: two clusters of the mesh lab, with kubelets, sidecars and traffic.
//!
//! Where root and Go are there it must run; elsewhere it is skipped, with the reason.

use super::{Playwright, Tally, follow_journeys};
use crate::{Outcome, lab, run_program, tools};
use std::path::PathBuf;

/// Runs the journey; a machine that lacks root or Go skips it and says why.
pub(super) fn journey(tally: &mut Tally, playwright: &Playwright) -> Outcome {
    let lab = match MeshLab::start() {
        Ok(lab) => lab,
        Err(reason) => {
            let reason = reason.to_string();
            let reason = reason.lines().collect::<Vec<_>>().join(" ");
            let outcome = if must_run() {
                tally.failed += 1;
                "FAILED"
            } else {
                tally.skipped += 1;
                "SKIPPED"
            };
            tally
                .reasons
                .push(format!("{outcome}: the journey on a real mesh: {reason}"));
            return Ok(());
        }
    };
    eprintln!("xtask: the journey on a real mesh …");
    let mut command = playwright.command();
    command
        .arg("lab.spec")
        .env("MESHSPAN_MESH_LAB", &lab.folder)
        .env("MESHSPAN_LAB", lab::program())
        .env("MESHSPAN_ISTIO_CHARTS", &lab.charts);
    follow_journeys(&mut command, tally)
}

/// Whether the machine has what the lab needs and cannot install: root and Go.
fn must_run() -> bool {
    let mut lab = lab::command(&["mesh", "required"].map(str::to_owned));
    lab.output().is_ok_and(|output| output.status.success())
}

/// The mesh lab; ended when this is dropped.
struct MeshLab {
    folder: PathBuf,
    /// The URL of the repository of Istio's charts.
    charts: String,
}

impl MeshLab {
    fn start() -> Outcome<Self> {
        tools::containers()?;
        eprintln!("xtask: starting two clusters with nodes …");
        let folder = std::env::temp_dir().join(format!("meshspan-mesh-{}", std::process::id()));
        let lab = Self {
            charts: String::new(),
            folder,
        };
        let printed = run_program::read(&mut lab.command("up"))?;
        let mut words = printed.split_whitespace();
        let url = words.find(|word| word.starts_with("http://") && word.ends_with("/charts"));
        let url = url.ok_or("the lab has printed no repository of charts")?;
        Ok(lab.with_charts(url))
    }

    fn with_charts(mut self, url: &str) -> Self {
        url.clone_into(&mut self.charts);
        self
    }

    fn command(&self, command: &str) -> std::process::Command {
        let folder = self.folder.display().to_string();
        lab::command(&["mesh", command, "--folder", &folder].map(str::to_owned))
    }
}

impl Drop for MeshLab {
    fn drop(&mut self) {
        let _ = run_program::read(&mut self.command("down"));
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
