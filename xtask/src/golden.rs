//! `cargo xtask golden [--all] [WORD]`: has the real Helm say what our engine must say.
//!
//! Three shapes are recorded: folders with a whole chart each ([`folder`], below `tests/golden`), files
//! with many charts each ([`bundles`], below `tests/charts`), and files with many small templates each
//! ([`cases`], below `tests/cases`). Without `--all` only what
//! has no answer yet is asked, and whatever changes is said. Start at [`golden`].

mod bundles;
mod cases;
mod folder;
mod oracle;
mod walk;

use crate::{Outcome, cache, tools};
use oracle::Oracle;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// How many Helm processes run at once.
const AT_ONCE: usize = 2;

/// What to ask again, and which of them.
#[derive(Clone, Debug, Default)]
struct Wanted {
    all: bool,
    word: Option<String>,
}

impl Wanted {
    fn read(arguments: &[String]) -> Self {
        Self {
            all: arguments.iter().any(|argument| argument == "--all"),
            word: arguments
                .iter()
                .find(|argument| !argument.starts_with("--"))
                .cloned(),
        }
    }

    fn takes(&self, name: &str) -> bool {
        self.word
            .as_ref()
            .is_none_or(|word| name.contains(word.as_str()))
    }
}

/// Records what Helm says; says what is new and what differs from before.
pub(crate) fn golden(arguments: &[String]) -> Outcome {
    let wanted = Wanted::read(arguments);
    let start = Instant::now();
    let oracle = Oracle::new(tools::kubectl_and_helm()?.join("helm"))?;
    let folders = folder::record(&oracle, &wanted)?;
    let bundles = bundles::record(&oracle, &wanted)?;
    let cases = cases::record(&oracle, &wanted)?;
    eprintln!(
        "xtask: asked Helm about {folders} folders, {bundles} charts in bundles and {cases} cases in {:.1} s",
        start.elapsed().as_secs_f32()
    );
    Ok(())
}

/// The tests of the chart engine.
fn tests() -> PathBuf {
    cache::root().join("crates/chart/tests")
}

/// Copies a folder: the files and folders in it whose names are taken.
fn copy(from: &Path, to: &Path, takes: fn(&str) -> bool) -> Outcome {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let target = to.join(&*name);
        if !takes(&name) {
            continue;
        }
        if path.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&path, &target, takes)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Does `work` on each item, two at a time; the answers come in the order of the items.
fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> Outcome<R> + Sync) -> Outcome<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = work(item).map_err(|error| error.to_string());
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    Ok(done
        .into_iter()
        .map(|(_, result)| result)
        .collect::<Result<_, String>>()?)
}
