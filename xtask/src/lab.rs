//! `cargo xtask lab`: two real API servers, held in the background by the crate `lab`.

use crate::{Outcome, cache};
use std::process::Command;

/// Hands the words on to the lab's own program.
pub(crate) fn lab(arguments: &[String]) -> Outcome {
    if !matches!(
        arguments.first().map(String::as_str),
        Some("up" | "down" | "status" | "programs")
    ) {
        return Err("lab: up, down, status or programs".into());
    }
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(cache::root())
        .args(["run", "--quiet", "--locked", "-p", "lab", "--"])
        .args(arguments);
    let status = cargo.status()?;
    if status.success() {
        Ok(())
    } else {
        Err("the lab could not do that".into())
    }
}
