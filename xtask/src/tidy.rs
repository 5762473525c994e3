//! The tidy test: sizes of files and functions, a `//!` on every module, no mod.rs, the edges between our crates.

mod functions;

use crate::{Outcome, cache};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Which of our rooms each room may import; what is not named is forbidden.
const EDGES: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("gotmpl", &[]),
    ("chart", &["gotmpl"]),
    ("catalog", &["chart", "wire"]),
    ("cluster", &["wire"]),
    ("store", &["wire"]),
    ("release", &["cluster", "chart", "wire"]),
    ("mesh", &["release", "cluster", "chart", "wire"]),
    (
        "console",
        &[
            "mesh", "release", "catalog", "chart", "cluster", "store", "wire",
        ],
    ),
    ("sandbox", &[]),
    ("sandbox-istio", &["sandbox"]),
    ("lab", &[]),
    ("xtask", &[]),
    ("app", &["wire", "console"]),
    (
        "server",
        &[
            "app",
            "console",
            "catalog",
            "chart",
            "sandbox",
            "sandbox-istio",
            "wire",
        ],
    ),
];

/// The one room that may talk to a cluster with kube (its tests and the lab's apart).
const KUBE_ROOMS: &[&str] = &["cluster", "lab"];

const MOST_LINES: usize = 500;
const MEDIAN_LINES: usize = 120;
const P95_LINES: usize = 350;

/// `cargo xtask tidy`: says each offence with its file, then fails when there was one.
pub(crate) fn tidy(_: &[String]) -> Outcome {
    let mut offences = edges()?;
    let mut files = Vec::new();
    for folder in ["app", "server", "xtask", "crates", "end2end/lab"] {
        rust_files(&cache::root().join(folder), &mut files)?;
    }
    let mut sizes = Vec::new();
    let mut functions = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file)?;
        let name = file
            .strip_prefix(cache::root())
            .unwrap_or(file)
            .display()
            .to_string();
        offences.extend(offences_of(&name, &text));
        if !is_test(&name) {
            sizes.push(text.lines().count());
            functions.extend(functions::of(&name, &text));
        }
    }
    offences.extend(over("files", sizes, MEDIAN_LINES, P95_LINES));
    offences.extend(functions::too_long(&functions));
    let lengths = functions.iter().map(|function| function.lines).collect();
    offences.extend(over(
        "functions",
        lengths,
        functions::MEDIAN,
        functions::P95,
    ));
    if offences.is_empty() {
        return Ok(());
    }
    Err(format!("not tidy:\n  {}", offences.join("\n  ")).into())
}

/// Says median and 95th percentile; an offence when one is above what is allowed.
fn over(what: &str, mut sizes: Vec<usize>, median: usize, p95: usize) -> Option<String> {
    sizes.sort_unstable();
    let at = |part: usize| {
        sizes
            .get(sizes.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    let (middle, high) = (at(50), at(95));
    let count = sizes.len();
    eprintln!("xtask: {count} {what}, median {middle} lines, p95 {high}");
    (middle > median || high > p95)
        .then(|| format!("{what}: median over {median} or p95 over {p95} lines"))
}

fn offences_of(name: &str, text: &str) -> Vec<String> {
    let mut offences = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES && !is_test(name) {
        offences.push(format!("{name}: {lines} lines, at most {MOST_LINES}"));
    }
    if !text.trim_start().starts_with("//!") && !text.contains("\n//!") {
        offences.push(format!("{name}: no `//!` that says what the module is"));
    }
    if name.ends_with("/mod.rs") {
        offences.push(format!("{name}: foo.rs beside foo/, not mod.rs"));
    }
    offences
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs")
}

fn edges() -> Outcome<Vec<String>> {
    let mut command = cargo_metadata::MetadataCommand::new();
    command
        .manifest_path(cache::root().join("Cargo.toml"))
        .no_deps();
    let metadata = command.exec()?;
    let ours: Vec<String> = metadata
        .packages
        .iter()
        .map(|p| p.name.to_string())
        .collect();
    let mut offences = Vec::new();
    for package in &metadata.packages {
        let Some((_, allowed)) = EDGES
            .iter()
            .find(|(room, _)| *room == package.name.as_str())
        else {
            offences.push(format!(
                "{}: a room that the table of edges does not know",
                package.name
            ));
            continue;
        };
        for dependency in &package.dependencies {
            if dependency.kind != cargo_metadata::DependencyKind::Normal {
                continue;
            }
            let to = dependency.name.as_str();
            if ours.iter().any(|our| our == to) && !allowed.contains(&to) {
                offences.push(format!("{} may not import {to}", package.name));
            }
            if to == "kube" && !KUBE_ROOMS.contains(&package.name.as_str()) {
                offences.push(format!("{} may not import kube", package.name));
            }
        }
    }
    Ok(offences)
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) -> Outcome {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
            rust_files(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
    Ok(())
}
