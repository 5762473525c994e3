//! Runs other programs and reports their start, their result and their duration.

use crate::Outcome;
use std::{process::Command, time::Instant};

/// Runs `command` to its end with the output streams of this process.
pub(crate) fn run(title: &str, command: &mut Command) -> Outcome {
    eprintln!("xtask: {title} …");
    let start = Instant::now();
    let status = command
        .status()
        .map_err(|error| format!("{title}: cannot start {command:?}: {error}"))?;
    if !status.success() {
        return Err(format!(
            "{title}: {} failed with {status}",
            command.get_program().display()
        )
        .into());
    }
    eprintln!("xtask: {title}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(())
}

/// Runs `command` and returns its standard output.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot start {command:?}: {error}"))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "{} failed with {}: {stderr}",
            command.get_program().display(),
            output.status
        )
        .into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
