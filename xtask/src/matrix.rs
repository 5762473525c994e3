//! `cargo xtask matrix`: the matrices of crashes and faults as a whole, which the suite samples.
//!
//! What they print is the content of `docs/matrix/`, which the command writes with the commit.

use crate::{Outcome, cache, run_program};
use std::{
    fmt::Write as _,
    fs,
    process::{Command, Stdio},
};

/// A matrix: the arguments of `cargo test`, and what its lines begin with that are kept.
struct Matrix {
    /// Its word on the command line, and the name of its file.
    name: &'static str,
    title: &'static str,
    about: &'static str,
    arguments: &'static [&'static str],
    kept: &'static [&'static str],
}

const MATRICES: [Matrix; 2] = [
    Matrix {
        name: "faults",
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
        name: "crashes",
        title: "Crashes",
        about: "`SIGKILL` of the console after each write to a cluster, and before each commit of its database. The job is resumed by a new process; afterwards the objects and the records are those of an undisturbed run.",
        arguments: &["-p", "console", "--test", "crash", "--", "--nocapture"],
        kept: &["a_crash_"],
    },
];

/// `cargo xtask matrix [faults|crashes]`: both unless one is named.
pub(crate) fn matrix(arguments: &[String]) -> Outcome {
    if let Some(unknown) = arguments.iter().find(|word| !is_known(word)) {
        return Err(format!("{unknown}: there are faults and crashes").into());
    }
    let is_chosen =
        |matrix: &&Matrix| arguments.is_empty() || arguments.iter().any(|word| word == matrix.name);
    let mut failed = Vec::new();
    for matrix in MATRICES.iter().filter(is_chosen) {
        if !run(matrix)? {
            failed.push(matrix.name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("failed: {}", failed.join(", ")).into())
}

fn is_known(word: &str) -> bool {
    MATRICES.iter().any(|matrix| matrix.name == word)
}

/// Runs a matrix and writes what it printed; returns whether all of it holds.
fn run(matrix: &Matrix) -> Outcome<bool> {
    let commit = run_program::read(Command::new("git").current_dir(cache::root()).args([
        "rev-parse",
        "--short=8",
        "HEAD",
    ]))?;
    eprintln!("xtask: {} …", matrix.title);
    let output = Command::new("cargo")
        .current_dir(cache::root())
        .args(["test", "--locked"])
        .args(matrix.arguments)
        .env("MESHSPAN_MATRIX", "whole")
        .stderr(Stdio::inherit())
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut text = format!(
        "# {}\n\n`cargo xtask matrix {}` wrote this at commit {}; `cargo xtask test` tries a sample.\n\n{}\n\n",
        matrix.title,
        matrix.name,
        commit.trim(),
        matrix.about
    );
    let is_kept = |line: &&str| matrix.kept.iter().any(|start| line.starts_with(start));
    let mut in_table = false;
    for line in printed.lines().filter(is_kept) {
        let is_row = line.starts_with('|');
        let gap = if in_table && !is_row { "\n" } else { "" };
        in_table = is_row;
        writeln!(text, "{gap}{line}{}", if is_row { "" } else { "\n" })?;
    }
    let folder = cache::root().join("docs/matrix");
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join(format!("{}.md", matrix.name)),
        text.trim_end().to_owned() + "\n",
    )?;
    if !output.status.success() {
        eprintln!("{printed}");
    }
    Ok(output.status.success())
}
