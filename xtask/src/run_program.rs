//! Runs other programs: says what starts, how it ended and how long it took.

use crate::Outcome;
use std::{process::Command, time::Instant};

/// Runs `command` to its end with our own output streams.
pub(crate) fn run(said: &str, command: &mut Command) -> Outcome {
    eprintln!("xtask: {said} …");
    let start = Instant::now();
    let status = command
        .status()
        .map_err(|error| format!("{said}: cannot start {command:?}: {error}"))?;
    if !status.success() {
        return Err(format!(
            "{said}: {} ended with {status}",
            command.get_program().display()
        )
        .into());
    }
    eprintln!("xtask: {said}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(())
}

/// Runs `command` and gives its standard output.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot start {command:?}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "{} ended with {}: {said}",
            command.get_program().display(),
            output.status
        )
        .into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
