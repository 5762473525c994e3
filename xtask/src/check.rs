//! `cargo xtask check`: everything that can be said about the code without running it.

use crate::{Outcome, cache, css, run_program, tidy};
use std::process::Command;

/// What the wasm must never carry: each would cost the browser more than it gives.
const NOT_IN_WASM: &[&str] = &[
    "kube",
    "k8s-openapi",
    "hyper",
    "rustls",
    "axum",
    // Not regex: leptos_config depends on it; see docs/why.md.
    "libyaml-safer",
    "yaml-edit",
    "serde_yaml",
    "serde-saphyr",
    "rusqlite",
    "jsonschema",
];

/// Runs each check in turn and stops at the first that fails.
pub(crate) fn check(_: &[String]) -> Outcome {
    cargo("rustfmt", &["fmt", "--all", "--check"])?;
    cargo(
        "clippy over the workspace",
        &[
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    cargo(
        "clippy over app with hydrate",
        &[
            "clippy",
            "--locked",
            "-p",
            "app",
            "--features",
            "hydrate",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    css::write(&cache::site())?;
    tidy::tidy(&[])?;
    wasm_guard()?;
    deny()
}

fn cargo(step: &str, arguments: &[&str]) -> Outcome {
    run_program::run(
        step,
        Command::new("cargo")
            .current_dir(cache::root())
            .args(arguments),
    )
}

fn wasm_guard() -> Outcome {
    let tree = run_program::read(Command::new("cargo").current_dir(cache::root()).args([
        "tree",
        "--locked",
        "-p",
        "app",
        "--features",
        "hydrate",
        "--target",
        "wasm32-unknown-unknown",
        "-e",
        // What a macro needs runs where the code is built, not in the browser.
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let heavy = |line: &str| {
        let name = line.split(' ').next().unwrap_or_default();
        NOT_IN_WASM.contains(&name)
    };
    let found: Vec<&str> = tree.lines().filter(|line| heavy(line)).collect();
    if found.is_empty() {
        eprintln!(
            "xtask: the browser side carries none of {}",
            NOT_IN_WASM.join(", ")
        );
        return Ok(());
    }
    Err(format!("the browser side would carry {}", found.join(", ")).into())
}

fn deny() -> Outcome {
    if run_program::read(Command::new("cargo").args(["deny", "--version"])).is_err() {
        let install = &["install", "--locked", "cargo-deny"];
        cargo("installing cargo-deny (once, some minutes)", install)?;
    }
    cargo(
        "cargo-deny",
        &["deny", "--offline", "check", "bans", "licenses", "sources"],
    )
    .or_else(|_| {
        cargo(
            "cargo-deny",
            &["deny", "check", "bans", "licenses", "sources"],
        )
    })?;
    advisories()
}

/// Scans for advisories where their database is there or can be fetched; else says that it was skipped.
fn advisories() -> Outcome {
    let fetched = run_program::read(Command::new("cargo").args(["deny", "fetch", "db"]));
    if let Err(error) = fetched {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default();
        eprintln!("xtask: SKIPPED: advisories: their database cannot be fetched: {reason}");
        return Ok(());
    }
    cargo("advisories", &["deny", "--offline", "check", "advisories"])
}
