//! The tidy test: sizes, module docs, words, the edges between our crates and between their modules.

mod functions;
mod modules;
mod source;
mod words;

use crate::{Outcome, cache};
use source::Source;

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
    ("lab", &[]),
    ("xtask", &[]),
    ("app", &["wire", "console"]),
    (
        "server",
        &["app", "console", "catalog", "chart", "sandbox", "wire"],
    ),
];

/// The one room that may talk to a cluster with kube (its tests and the lab's apart).
const KUBE_ROOMS: &[&str] = &["cluster", "lab"];

const MAX_LINES: usize = 500;
const MEDIAN_LINES: usize = 120;
const P95_LINES: usize = 350;

/// `cargo xtask tidy`: prints each offence with its file, then fails when there was one.
pub(crate) fn tidy(_: &[String]) -> Outcome {
    let sources = source::sources()?;
    let mut offences = edges()?;
    let mut file_sizes = Vec::new();
    let mut functions = Vec::new();
    for source in &sources {
        offences.extend(file_offences(source));
        if !source.is_test() {
            file_sizes.push(source.lines());
            functions.extend(functions::functions(source));
        }
    }
    offences.extend(over("files", file_sizes, MEDIAN_LINES, P95_LINES));
    offences.extend(functions::too_long(&functions));
    let lengths = functions.iter().map(|function| function.lines).collect();
    let (median, p95) = (functions::MEDIAN, functions::P95);
    offences.extend(over("functions", lengths, median, p95));
    offences.extend(counted(
        "mutual module pairs",
        modules::mutual_imports(&sources),
    ));
    offences.extend(counted("listed words", words::offences(&sources)?));
    if offences.is_empty() {
        return Ok(());
    }
    Err(format!("not tidy:\n  {}", offences.join("\n  ")).into())
}

/// Prints how many offences of one kind there are.
fn counted(kind: &str, offences: Vec<String>) -> Vec<String> {
    eprintln!("xtask: {kind}: {}", offences.len());
    offences
}

/// Prints median and 95th percentile; an offence when either exceeds its limit.
fn over(kind: &str, mut sizes: Vec<usize>, median: usize, p95: usize) -> Option<String> {
    sizes.sort_unstable();
    let at = |part: usize| {
        sizes
            .get(sizes.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    let (middle, high) = (at(50), at(95));
    let count = sizes.len();
    eprintln!("xtask: {count} {kind}, median {middle} lines, p95 {high}");
    (middle > median || high > p95)
        .then(|| format!("{kind}: median over {median} or p95 over {p95} lines"))
}

fn file_offences(source: &Source) -> Vec<String> {
    let Source { name, text, .. } = source;
    let mut offences = Vec::new();
    let lines = source.lines();
    if lines > MAX_LINES && !source.is_test() {
        offences.push(format!("{name}: {lines} lines, at most {MAX_LINES}"));
    }
    if !text.trim_start().starts_with("//!") && !text.contains("\n//!") {
        offences.push(format!("{name}: no `//!` that describes the module"));
    }
    if name.ends_with("/mod.rs") {
        offences.push(format!("{name}: foo.rs beside foo/, not mod.rs"));
    }
    offences
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
