//! `cargo xtask conformance [DIR]… [--program MESHSPAN] [--all] [-- FLAGS]`: compares the output of
//! `meshspan template` with the output of Helm for whole charts.
//!
//! The charts are those below the given folders (folders with a Chart.yaml, and archives) and the
//! built-in ones. Both programs render every chart twice; a line that differs between the two runs of
//! one program is random and is not compared. A chart is rendered with its default values and with each
//! values file of its `ci` folder. The command fails when there is a difference that
//! docs/helm-differences.md does not explain. Start at [`conformance`].

mod compare;
mod explained;
mod find;
mod program;

use crate::{Outcome, cache, profile::Profile, run, tools};
use compare::Finding;
use explained::Explained;
use find::Case;
use parking_lot::Mutex;
use program::Programs;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

/// The options of the command line.
#[derive(Default)]
struct Options {
    folders: Vec<PathBuf>,
    program: Option<PathBuf>,
    flags: Vec<String>,
    /// Whether the table lists identical charts.
    all: bool,
}

impl Options {
    fn parse(arguments: &[String]) -> Outcome<Self> {
        let mut options = Self::default();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--" => options.flags.extend(words.by_ref().cloned()),
                "--all" => options.all = true,
                "--program" => {
                    let path = words.next().ok_or("--program needs a path")?;
                    options.program = Some(PathBuf::from(path));
                }
                folder => options.folders.push(std::path::absolute(folder)?),
            }
        }
        options
            .folders
            .push(cache::root().join("crates/catalog/charts"));
        Ok(options)
    }
}

/// Renders every chart with both programs and prints a table.
pub(crate) fn conformance(arguments: &[String]) -> Outcome {
    let options = Options::parse(arguments)?;
    let meshspan = match &options.program {
        Some(program) => program.clone(),
        None => run::server(Profile::Release)?,
    };
    let helm = tools::kubectl_and_helm()?.join("helm");
    let explained = Explained::read(&cache::root().join("docs/helm-differences.md"))?;
    let programs = Programs::new(meshspan, helm, options.flags.clone())?;
    let mut cases = Vec::new();
    for folder in &options.folders {
        cases.extend(find::cases(folder)?);
    }
    let start = Instant::now();
    let findings = in_parallel(&cases, |case| compare::compare(&programs, case))?;
    let unexplained = table(&cases, &findings, &explained, options.all);
    eprintln!(
        "xtask: {} renderings, {:.0} s",
        cases.len(),
        start.elapsed().as_secs_f32()
    );
    if unexplained == 0 {
        return Ok(());
    }
    Err(format!("{unexplained} differences are not explained in docs/helm-differences.md").into())
}

/// Prints a row for each difference and the totals; returns the number of unexplained differences.
fn table(cases: &[Case], findings: &[Finding], explained: &Explained, all: bool) -> usize {
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = 0;
    for (case, finding) in cases.iter().zip(findings) {
        let reason = explained.reason(finding);
        let kind = match reason {
            Some(_) => "explained",
            None => finding.kind(),
        };
        *totals.entry(kind).or_default() += 1;
        if finding.is_equal() && !all {
            continue;
        }
        println(&format!("{kind:<18} {}", case.name));
        for line in finding.detail().lines() {
            println(&format!("    {line}"));
        }
        if let Some(reason) = reason {
            println(&format!("    ({reason})"));
        }
        unexplained += usize::from(reason.is_none() && !finding.is_equal());
    }
    for (kind, count) in totals {
        println(&format!("{count:>6} {kind}"));
    }
    unexplained
}

/// Prints a line of the table to standard output.
fn println(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Runs `task` for each item on all processors; the results are in the order of the items.
fn in_parallel<T: Sync, U: Send>(
    items: &[T],
    task: impl Fn(&T) -> Outcome<U> + Sync,
) -> Outcome<Vec<U>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let failed = Mutex::new(None);
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    match task(item) {
                        Ok(result) => done.lock().push((index, result)),
                        Err(error) => *failed.lock() = Some(error.to_string()),
                    }
                }
            });
        }
    });
    if let Some(error) = failed.into_inner() {
        return Err(error.into());
    }
    let mut done = done.into_inner();
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}
