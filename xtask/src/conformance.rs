//! `cargo xtask conformance [DIR]… [--program MESHSPAN] [--all] [-- FLAGS]`: whole charts, ours against Helm's.
//!
//! Every chart below the folders given (folders with a Chart.yaml, and archives), and always our own, is
//! rendered by `meshspan template` and twice by the real Helm; lines that differ between Helm's two runs
//! are chance, and are looked at in neither. A chart is rendered once as it is and once with each file of
//! values in its `ci` folder. What differs and is not listed in docs/helm-differences.md makes the command
//! fail. Start at [`conformance`].

mod compare;
mod explained;
mod find;
mod program;

use crate::{Outcome, cache, profile::Profile, run, tools};
use compare::Finding;
use explained::Explained;
use find::Case;
use program::Programs;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// What the command line asks for.
#[derive(Default)]
struct Asked {
    folders: Vec<PathBuf>,
    program: Option<PathBuf>,
    flags: Vec<String>,
    /// Whether charts that are identical have a line of their own in the table.
    all: bool,
}

impl Asked {
    fn read(arguments: &[String]) -> Outcome<Self> {
        let mut asked = Self::default();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--" => asked.flags.extend(words.by_ref().cloned()),
                "--all" => asked.all = true,
                "--program" => {
                    let path = words.next().ok_or("--program needs a path")?;
                    asked.program = Some(PathBuf::from(path));
                }
                folder => asked.folders.push(std::path::absolute(folder)?),
            }
        }
        asked
            .folders
            .push(cache::root().join("crates/catalog/charts"));
        Ok(asked)
    }
}

/// Renders every chart with both, and prints the table.
pub(crate) fn conformance(arguments: &[String]) -> Outcome {
    let asked = Asked::read(arguments)?;
    let ours = match &asked.program {
        Some(program) => program.clone(),
        None => run::server(Profile::Release)?,
    };
    let helm = tools::kubectl_and_helm()?.join("helm");
    let explained = Explained::read(&cache::root().join("docs/helm-differences.md"))?;
    let programs = Programs::new(ours, helm, asked.flags.clone())?;
    let mut cases = Vec::new();
    for folder in &asked.folders {
        cases.extend(find::cases(folder)?);
    }
    let start = Instant::now();
    let findings = each(&cases, |case| compare::one(&programs, case))?;
    let unexplained = table(&cases, &findings, &explained, asked.all);
    eprintln!(
        "xtask: {} renderings, {:.0} s",
        cases.len(),
        start.elapsed().as_secs_f32()
    );
    if unexplained == 0 {
        return Ok(());
    }
    Err(format!("{unexplained} differ and docs/helm-differences.md does not say why").into())
}

/// Prints a line for whatever is not identical, then the totals; how many are unexplained.
fn table(cases: &[Case], findings: &[Finding], explained: &Explained, all: bool) -> usize {
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = 0;
    for (case, finding) in cases.iter().zip(findings) {
        let reason = explained.reason(finding);
        let word = match reason {
            Some(_) => "explained",
            None => finding.word(),
        };
        *totals.entry(word).or_default() += 1;
        if finding.is_good() && !all {
            continue;
        }
        println(&format!("{word:<18} {}", case.name));
        for line in finding.detail().lines() {
            println(&format!("    {line}"));
        }
        if let Some(reason) = reason {
            println(&format!("    ({reason})"));
        }
        unexplained += usize::from(reason.is_none() && !finding.is_good());
    }
    for (word, count) in totals {
        println(&format!("{count:>6} {word}"));
    }
    unexplained
}

/// The table is for whoever reads standard output.
fn println(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Does the same for all, as many at once as there are processors.
fn each<T: Sync, U: Send>(items: &[T], act: impl Fn(&T) -> Outcome<U> + Sync) -> Outcome<Vec<U>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let failed = Mutex::new(None);
    let lock = || done.lock().unwrap_or_else(PoisonError::into_inner);
    let fail = |text: String| {
        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    };
    std::thread::scope(|scope| {
        let many = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        for _ in 0..many {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    match act(item) {
                        Ok(answer) => lock().push((at, answer)),
                        Err(error) => fail(error.to_string()),
                    }
                }
            });
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.into());
    }
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, answer)| answer).collect())
}
