//! `cargo xtask lab`: two real API servers that the crate `lab` runs in the background.

use crate::{Outcome, cache};
use std::process::Command;

/// Passes the arguments to the program of the crate `lab`.
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
        Err(format!("the lab failed with {status}").into())
    }
}
