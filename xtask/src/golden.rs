//! `cargo xtask golden [--all] [WORD]`: records the expected output of the chart engine with Helm.
//!
//! There are three kinds of golden files: folders with one chart each ([`folder`], below `tests/golden`),
//! files with many charts ([`bundles`], below `tests/charts`), and files with many small templates
//! ([`cases`], below `tests/cases`). Without `--all`, only cases without a recorded result are rendered;
//! every change of a result is printed. Start at [`golden`].

mod bundles;
mod cases;
mod folder;
mod oracle;
mod walk;

use crate::{Outcome, cache, tools};
use oracle::Oracle;
use parking_lot::Mutex;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

/// The number of concurrent Helm processes.
const CONCURRENCY: usize = 2;

/// The selection of the cases to record.
#[derive(Clone, Debug, Default)]
struct Selection {
    all: bool,
    word: Option<String>,
}

impl Selection {
    fn parse(arguments: &[String]) -> Self {
        Self {
            all: arguments.iter().any(|argument| argument == "--all"),
            word: arguments
                .iter()
                .find(|argument| !argument.starts_with("--"))
                .cloned(),
        }
    }

    fn matches(&self, name: &str) -> bool {
        self.word
            .as_ref()
            .is_none_or(|word| name.contains(word.as_str()))
    }
}

/// Records the results of Helm and prints the new and the changed ones.
pub(crate) fn golden(arguments: &[String]) -> Outcome {
    let selection = Selection::parse(arguments);
    let start = Instant::now();
    let oracle = Oracle::new(tools::kubectl_and_helm()?.join("helm"), tools::helm_4()?)?;
    let folders = folder::record(&oracle, &selection)?;
    let bundles = bundles::record(&oracle, &selection)?;
    let cases = cases::record(&oracle, &selection)?;
    eprintln!(
        "xtask: Helm rendered {folders} folders, {bundles} charts of bundles and {cases} cases in {:.1} s",
        start.elapsed().as_secs_f32()
    );
    Ok(())
}

/// The folder with the tests of the chart engine.
fn tests() -> PathBuf {
    cache::root().join("crates/chart/tests")
}

/// Copies the entries of a folder whose names match `filter`.
fn copy(from: &Path, to: &Path, filter: fn(&str) -> bool) -> Outcome {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let target = to.join(&*name);
        if !filter(&name) {
            continue;
        }
        if path.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&path, &target, filter)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Runs `task` for each item, [`CONCURRENCY`] at a time; the results are in the order of the items.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    task: impl Fn(&T) -> Outcome<R> + Sync,
) -> Outcome<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..CONCURRENCY {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = task(item).map_err(|error| error.to_string());
                    done.lock().push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner();
    done.sort_by_key(|(index, _)| *index);
    Ok(done
        .into_iter()
        .map(|(_, result)| result)
        .collect::<Result<_, String>>()?)
}
