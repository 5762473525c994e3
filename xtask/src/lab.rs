//! `cargo xtask lab`: two real API servers that the crate `lab` runs in the background, and the mesh lab,
//! whose nodes run containers.

use crate::{Outcome, cache, tools};
use std::{path::PathBuf, process::Command};

/// Passes the arguments to the program of the crate `lab`.
pub(crate) fn lab(arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["mesh", "up", ..] => tools::containers()?,
        [
            "mesh",
            "down" | "status" | "programs" | "pause" | "resume" | "blind" | "unblind",
            ..,
        ]
        | ["up" | "down" | "status" | "programs", ..] => {}
        _ => {
            return Err(
                "lab: [mesh] up, down, status or programs, mesh pause, resume, blind or unblind"
                    .into(),
            );
        }
    }
    let status = command(arguments).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the lab failed with {status}").into())
    }
}

/// The program of the crate `lab` with these arguments.
pub(crate) fn command(arguments: &[String]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(cache::root())
        .args(["run", "--quiet", "--locked", "-p", "lab", "--"])
        .args(arguments);
    cargo
}

/// The file of the program, once [`command`] has built it.
pub(crate) fn program() -> PathBuf {
    cache::target().join("debug/lab")
}
