//! `cargo xtask fuzz [TARGET] [SECONDS]`: throws made-up texts at the chart engine's readers.
//!
//! The targets are in `crates/chart/fuzz`, a workspace of its own. cargo-fuzz is installed when it is
//! missing; it needs the nightly toolchain.

use crate::{Outcome, cache, run_program};
use std::{fs, process::Command};

/// How long each target runs when nobody says.
const SECONDS: u64 = 60;

/// Runs one target or all of them, each for so many seconds.
pub(crate) fn fuzz(arguments: &[String]) -> Outcome {
    let number = |argument: &&String| argument.parse::<u64>().is_ok();
    let seconds = arguments
        .iter()
        .find(number)
        .and_then(|text| text.parse().ok())
        .unwrap_or(SECONDS);
    let wanted = arguments.iter().find(|argument| !number(argument));
    install()?;
    let mut targets = targets()?;
    if let Some(wanted) = wanted {
        targets.retain(|target| target == wanted);
        if targets.is_empty() {
            return Err(format!("no fuzz target {wanted}").into());
        }
    }
    for target in targets {
        let mut fuzz = Command::new("cargo");
        fuzz.current_dir(cache::root().join("crates/chart"))
            .args(["+nightly", "fuzz", "run", &target, "--"])
            .arg(format!("-max_total_time={seconds}"))
            .args(["-timeout=30", "-rss_limit_mb=4096"]);
        run_program::run(&format!("fuzzing {target} for {seconds} s"), &mut fuzz)?;
    }
    Ok(())
}

/// The targets, by the names of their files.
fn targets() -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(cache::root().join("crates/chart/fuzz/fuzz_targets"))? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

fn install() -> Outcome {
    let there = |words: &[&str]| {
        Command::new("cargo")
            .args(words)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !there(&["+nightly", "--version"]) {
        return Err("fuzzing needs Rust's nightly: rustup toolchain install nightly".into());
    }
    if there(&["+nightly", "fuzz", "--version"]) {
        return Ok(());
    }
    let mut cargo = Command::new("cargo");
    cargo.args(["install", "--locked", "cargo-fuzz"]);
    run_program::run("installing cargo-fuzz", &mut cargo)
}
