//! The tidy test: sizes, module docs, words, dependencies between our crates and between their modules.

mod clippy_rules;
mod dependencies;
mod functions;
mod modules;
mod named_tests;
mod source;
mod words;

use crate::Outcome;
use source::Source;

const MAX_LINES: usize = 500;
const MEDIAN_LINES: usize = 120;
const P95_LINES: usize = 350;

/// `cargo xtask tidy`: prints each offence with its file, then fails when there was one.
pub(crate) fn tidy(_: &[String]) -> Outcome {
    let sources = source::sources()?;
    let mut offences = counted("dependencies", dependencies::offences(&sources)?);
    offences.extend(counted("missing clippy rules", clippy_rules::offences()?));
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
    offences.extend(counted(
        "missing tests of docs/security.md",
        named_tests::offences(&sources)?,
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
