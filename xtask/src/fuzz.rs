//! `cargo xtask fuzz [TARGET] [SECONDS]`: fuzzes the parsers of the chart engine.
//!
//! The targets are in `crates/chart/fuzz`, a separate workspace. The command installs cargo-fuzz when it
//! is missing; cargo-fuzz needs the nightly toolchain.

use crate::{Outcome, cache, run_program};
use std::{fs, process::Command};

/// The default duration of each target.
const DEFAULT_SECONDS: u64 = 60;

/// Runs one target or all targets.
pub(crate) fn fuzz(arguments: &[String]) -> Outcome {
    let is_number = |argument: &&String| argument.parse::<u64>().is_ok();
    let seconds = arguments
        .iter()
        .find(is_number)
        .and_then(|text| text.parse().ok())
        .unwrap_or(DEFAULT_SECONDS);
    let name = arguments.iter().find(|argument| !is_number(argument));
    install()?;
    let mut targets = targets()?;
    if let Some(name) = name {
        targets.retain(|target| target == name);
        if targets.is_empty() {
            return Err(format!("there is no fuzz target {name}").into());
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

/// The names of the targets, which are the names of their files.
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
    let succeeds = |arguments: &[&str]| {
        Command::new("cargo")
            .args(arguments)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !succeeds(&["+nightly", "--version"]) {
        return Err("fuzzing needs nightly Rust: rustup toolchain install nightly".into());
    }
    if succeeds(&["+nightly", "fuzz", "--version"]) {
        return Ok(());
    }
    let mut cargo = Command::new("cargo");
    cargo.args(["install", "--locked", "cargo-fuzz"]);
    run_program::run("installing cargo-fuzz", &mut cargo)
}
