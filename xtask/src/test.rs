//! `cargo xtask test`: the whole suite, ended by one line that counts it.
//!
//! Each part is a program that prints its own results; [`Tally`] adds them up. A test that cannot run
//! here prints `SKIPPED: <test>: <reason>`: it is not counted as passed, and its reason is shown again
//! above the last line.

mod failures;
mod mesh;

use crate::{Outcome, cache, lab, profile::Profile, run, run_program, site, tools};
use failures::Failures;
use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What was counted so far.
#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    skipped: u32,
    /// Tests that said `SKIPPED` since the last result line, which counts them as passed.
    not_run: u32,
    reasons: Vec<String>,
    failures: Failures,
}

/// Runs everything; fails when one test failed.
pub(crate) fn test(_: &[String]) -> Outcome {
    let mut tally = Tally::default();
    rust(&mut tally)?;
    let playwright = browser(&mut tally)?;
    mesh::journey(&mut tally, &playwright)?;
    for line in tally.failures.lines().chain(&tally.reasons) {
        eprintln!("{line}");
    }
    eprintln!();
    report(&format!(
        "{} passed, {} failed, {} skipped",
        tally.passed, tally.failed, tally.skipped
    ));
    if tally.failed > 0 {
        Err(format!("{} tests failed", tally.failed).into())
    } else {
        Ok(())
    }
}

/// The closing line goes to standard output, where programs look for it.
#[expect(
    clippy::print_stdout,
    reason = "the one line of this tool that is read by programs"
)]
fn report(line: &str) {
    println!("{line}");
}

fn rust(tally: &mut Tally) -> Outcome {
    let tools = tools::kubectl_and_helm()?;
    // Where they cannot be had, the tests that need them say so themselves.
    if let Err(error) = tools::helm_4() {
        eprintln!("xtask: {error}");
    }
    if let Err(error) = lab::lab(&["programs".to_owned()]) {
        eprintln!("xtask: {error}");
    }
    eprintln!("xtask: unit and integration tests …");
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(cache::root())
        .args([
            "test",
            "--locked",
            "--workspace",
            "--no-fail-fast",
            "--",
            "--show-output",
        ])
        .env("MESHSPAN_TOOLS", tools);
    let clean = follow(&mut cargo, |line| tally.rust_line(line))?;
    if !clean && tally.failed == 0 {
        tally.failed += 1;
        tally
            .reasons
            .push("FAILED: cargo test ended with an error, see above".into());
    }
    Ok(())
}

/// Runs the browser journeys; returns what starts further ones.
fn browser(tally: &mut Tally) -> Outcome<Playwright> {
    let chromium = tools::chromium()?;
    tools::playwright()?;
    // The server that cargo test has just built for its own tests; the browser side is optimised as it is shipped,
    // and has the page of components, as that server does.
    site::build(Profile::Test)?;
    let built = cache::target().join("debug/meshspan");
    let program = if built.is_file() {
        built
    } else {
        run::server(Profile::Dev)?
    };
    let real = RealClusters::start();
    eprintln!("xtask: browser journeys …");
    let journeys = Playwright { chromium, program };
    let mut playwright = journeys.command();
    match &real {
        Ok(lab) => {
            playwright.env("MESHSPAN_LAB", &lab.folder);
        }
        // On a machine that could build them, real API servers are required.
        Err(reason) if go_can_build() => {
            tally.failed += 1;
            tally
                .reasons
                .push(format!("FAILED: journeys on real API servers: {reason}"));
        }
        Err(reason) => {
            tally
                .reasons
                .push(format!("SKIPPED: journeys on real API servers: {reason}"));
        }
    }
    follow_journeys(&mut playwright, tally)?;
    Ok(journeys)
}

/// What browser journeys need.
struct Playwright {
    chromium: PathBuf,
    program: PathBuf,
}

impl Playwright {
    fn command(&self) -> Command {
        let mut playwright = Command::new("npx");
        playwright
            .current_dir(cache::root().join("end2end"))
            .args(["playwright", "test", "--reporter=list"])
            .env("MESHSPAN_PROGRAM", &self.program)
            .env("MESHSPAN_SITE", cache::site())
            .env("MESHSPAN_CHROMIUM", &self.chromium)
            .env("MESHSPAN_TOUR", "1");
        playwright
    }
}

/// Runs journeys and counts them.
fn follow_journeys(playwright: &mut Command, tally: &mut Tally) -> Outcome {
    let before = (tally.passed, tally.failed);
    let clean = follow(playwright, |line| tally.playwright_line(line))?;
    tally.failures.end();
    let is_counted = (tally.passed, tally.failed) != before;
    if (!clean && tally.failed == before.1) || !is_counted {
        tally.failed += 1;
        tally
            .reasons
            .push("FAILED: playwright ended with an error, see above".into());
    }
    Ok(())
}

/// Two real API servers for the journeys; ended when this is dropped.
struct RealClusters {
    folder: PathBuf,
}

impl RealClusters {
    fn start() -> Outcome<Self> {
        eprintln!("xtask: starting two real API servers …");
        let folder = std::env::temp_dir().join(format!("meshspan-lab-{}", std::process::id()));
        run_program::read(&mut held("up", &folder))?;
        Ok(Self { folder })
    }
}

impl Drop for RealClusters {
    fn drop(&mut self) {
        let _ = run_program::read(&mut held("down", &self.folder));
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn held(command: &str, folder: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(cache::root())
        .args([
            "run", "--quiet", "--locked", "-p", "lab", "--", command, "--folder",
        ])
        .arg(folder);
    cargo
}

/// Whether Go is new enough to build Kubernetes.
fn go_can_build() -> bool {
    let output = run_program::read(Command::new("go").arg("version")).unwrap_or_default();
    let version = output
        .split_whitespace()
        .nth(2)
        .unwrap_or_default()
        .trim_start_matches("go1.");
    version
        .split('.')
        .next()
        .and_then(|minor| minor.parse::<u32>().ok())
        .is_some_and(|m| m >= 26)
}

/// Runs `command`, prints each line of its output and passes it to `on_line`; whether it succeeded.
fn follow(command: &mut Command, mut on_line: impl FnMut(&str)) -> Outcome<bool> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            eprintln!("{line}");
            on_line(&line);
        }
    }
    Ok(child.wait()?.success())
}

impl Tally {
    fn rust_line(&mut self, line: &str) {
        if line.starts_with("SKIPPED: ") {
            self.not_run += 1;
            self.reasons.push(line.to_owned());
        }
        self.failures.follow(line);
        let Some(counts) = line.strip_prefix("test result: ") else {
            return;
        };
        let number = |word: &str| -> u32 {
            let found = counts
                .split(';')
                .find(|part| part.trim_end().ends_with(word));
            let digits = found.and_then(|part| part.trim().rsplit(' ').nth(1));
            digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
        };
        self.passed += number("passed").saturating_sub(self.not_run);
        self.skipped += std::mem::take(&mut self.not_run);
        self.failed += number("failed");
        self.skipped += number("ignored");
    }

    fn playwright_line(&mut self, line: &str) {
        self.failures.follow_journey(line);
        let words: Vec<&str> = line.split_whitespace().collect();
        let (Some(count), Some(outcome)) = (words.first(), words.get(1)) else {
            return;
        };
        let Ok(count) = count.parse::<u32>() else {
            return;
        };
        match *outcome {
            "passed" => self.passed += count,
            "failed" | "interrupted" => self.failed += count,
            "flaky" => self.failed += count,
            "skipped" => self.skipped += count,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_test_is_not_counted_as_passed() {
        let mut tally = Tally::default();
        tally.rust_line("test kubectl_applies ... ok");
        tally.rust_line("SKIPPED: kubectl_applies: kubectl is not here");
        tally.rust_line("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        assert_eq!((tally.passed, tally.failed, tally.skipped), (2, 0, 2));
    }

    #[test]
    fn the_summary_of_the_browser_tests_is_read() {
        let mut tally = Tally::default();
        tally.playwright_line("  2 failed");
        tally.playwright_line("  5 passed (12.3s)");
        assert_eq!((tally.passed, tally.failed), (5, 2));
    }
}
