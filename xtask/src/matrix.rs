//! `cargo xtask matrix`: the matrices of crashes and faults as a whole, which the suite samples.
//!
//! What they print is the content of `docs/matrix.md`, which the command writes with the commit.

use crate::{Outcome, cache, run_program};
use std::{
    fmt::Write as _,
    fs,
    process::{Command, Stdio},
};

/// A matrix: the arguments of `cargo test`, and what its lines begin with that are kept.
struct Matrix {
    title: &'static str,
    about: &'static str,
    arguments: &'static [&'static str],
    kept: &'static [&'static str],
}

const MATRICES: [Matrix; 2] = [
    Matrix {
        title: "Faults",
        about: "One fault of the API server at each request of each verb, on a sandbox. A verb that fails is repeated; afterwards the objects and the records are those of an undisturbed run. *Wrong* counts the others.",
        arguments: &[
            "-p",
            "release",
            "--test",
            "it",
            "--",
            "every_verb_survives_a_fault_at_any_request",
            "--nocapture",
        ],
        kept: &["| ", "|-", "fault matrix:"],
    },
    Matrix {
        title: "Crashes",
        about: "`SIGKILL` of the console after each write to a cluster, and before each commit of its database. The job is resumed by a new process; afterwards the objects and the records are those of an undisturbed run.",
        arguments: &["-p", "console", "--test", "crash", "--", "--nocapture"],
        kept: &["a_crash_"],
    },
];

/// `cargo xtask matrix`.
pub(crate) fn matrix(_: &[String]) -> Outcome {
    let commit = run_program::read(Command::new("git").current_dir(cache::root()).args([
        "rev-parse",
        "--short=8",
        "HEAD",
    ]))?;
    let mut text = format!(
        "# Matrices\n\n`cargo xtask matrix` wrote this at commit {}. `cargo xtask test` tries a sample of both.\n",
        commit.trim()
    );
    let mut failed = Vec::new();
    for matrix in &MATRICES {
        eprintln!("xtask: {} …", matrix.title);
        let output = Command::new("cargo")
            .current_dir(cache::root())
            .args(["test", "--locked"])
            .args(matrix.arguments)
            .env("MESHSPAN_MATRIX", "whole")
            .stderr(Stdio::inherit())
            .output()?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        write!(text, "\n## {}\n\n{}\n\n", matrix.title, matrix.about)?;
        let is_kept = |line: &&str| matrix.kept.iter().any(|start| line.starts_with(start));
        for line in printed.lines().filter(is_kept) {
            let is_row = line.starts_with('|');
            writeln!(text, "{line}{}", if is_row { "" } else { "\n" })?;
        }
        if !output.status.success() {
            eprintln!("{printed}");
            failed.push(matrix.title);
        }
    }
    fs::write(
        cache::root().join("docs/matrix.md"),
        text.trim_end().to_owned() + "\n",
    )?;
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("failed: {}", failed.join(", ")).into())
}
