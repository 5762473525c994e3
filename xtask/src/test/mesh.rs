//! The journeys on a real mesh: two clusters of the mesh lab, with kubelets, sidecars and traffic.
//!
//! Where root and Go are there it must run; elsewhere it is skipped, with the reason.

use super::{Playwright, Tally, follow_journeys};
use crate::{Outcome, lab, mesh_lab::MeshLab};

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
    command.arg("lab.spec");
    lab.set_environment(&mut command);
    follow_journeys(&mut command, tally)
}

/// Whether the machine has what the lab needs and cannot install: root and Go.
fn must_run() -> bool {
    let mut lab = lab::command(&["mesh", "required"].map(str::to_owned));
    lab.output().is_ok_and(|output| output.status.success())
}
