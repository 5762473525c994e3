//! `cargo xtask dev`: builds and serves the console, and again after each change.
//!
//! Sources are polled for changed modification times. A change of styles or assets compiles the css
//! alone; a change of Rust code compiles browser side and server at the same time. The server is then
//! started again, and open pages reload because the build that they were made by is gone.

use crate::{Outcome, cache, profile::Profile, run, site};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant, SystemTime},
};

const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// How long an editor may take to write several files of one change.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// What a page or the server is made of, below the repository's root.
const WATCHED: &[&str] = &["app", "crates", "public", "server", "style", "Cargo.toml"];

/// When each watched file was last changed.
type Snapshot = BTreeMap<PathBuf, SystemTime>;

/// Serves until Ctrl-C. The arguments go to `meshspan serve`; without any, two sandbox clusters are
/// brought along.
pub(crate) fn dev(arguments: &[String]) -> Outcome {
    let mut arguments = arguments.to_vec();
    if arguments.is_empty() {
        arguments.push("--sandbox".to_owned());
    }
    let mut snapshot = snapshot();
    let mut server = build().and_then(|program| Server::start(&program, &arguments));
    loop {
        if let Err(error) = &server {
            eprintln!("xtask: {error}");
        }
        eprintln!("xtask: waiting for changes; Ctrl-C ends it");
        let changed = wait(&mut snapshot);
        let start = Instant::now();
        let built = if changed.iter().all(|path| is_style(path)) {
            site::styles().map(|()| program())
        } else {
            build()
        };
        match built {
            Ok(program) => {
                drop(server);
                server = Server::start(&program, &arguments);
                let took = start.elapsed().as_secs_f32();
                eprintln!("xtask: rebuilt in {took:.1} s");
            }
            // The server of the last good build goes on.
            Err(error) => eprintln!("xtask: {error}"),
        }
    }
}

/// Builds browser side and server, and gives the server's path.
fn build() -> Outcome<PathBuf> {
    run::build(Profile::Dev)
}

fn program() -> PathBuf {
    run::program(Profile::Dev)
}

/// The running server; dropped, it ends.
struct Server {
    child: Child,
}

impl Server {
    fn start(program: &Path, arguments: &[String]) -> Outcome<Self> {
        let mut serve = Command::new(program);
        serve
            .args(["serve", "--print-login-link"])
            .args(arguments)
            .env("MESHSPAN_SITE", cache::site());
        let child = serve.spawn()?;
        Ok(Self { child })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The sandbox is gone with the process, and what is stored is written by transactions.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until files have changed and no more change, and gives them.
fn wait(before: &mut Snapshot) -> Vec<PathBuf> {
    let mut now = snapshot();
    while now == *before {
        std::thread::sleep(POLL_INTERVAL);
        now = snapshot();
    }
    loop {
        std::thread::sleep(DEBOUNCE);
        let later = snapshot();
        if later == now {
            break;
        }
        now = later;
    }
    let mut changed: Vec<PathBuf> = now
        .iter()
        .filter(|(path, time)| before.get(*path) != Some(time))
        .map(|(path, _)| path.clone())
        .collect();
    let removed = before.keys().filter(|path| !now.contains_key(*path));
    changed.extend(removed.cloned());
    *before = now;
    changed
}

fn is_style(path: &Path) -> bool {
    ["style", "public"]
        .iter()
        .any(|folder| path.starts_with(cache::root().join(folder)))
}

fn snapshot() -> Snapshot {
    let mut snapshot = Snapshot::new();
    for path in WATCHED {
        add(&cache::root().join(path), &mut snapshot);
    }
    snapshot
}

/// Adds the files at `path`; one that vanishes meanwhile is left out.
fn add(path: &Path, snapshot: &mut Snapshot) {
    if let Ok(entries) = fs::read_dir(path) {
        for entry in entries.flatten() {
            if entry.file_name() != "target" {
                add(&entry.path(), snapshot);
            }
        }
    } else if let Ok(time) = fs::metadata(path).and_then(|metadata| metadata.modified()) {
        snapshot.insert(path.to_path_buf(), time);
    }
}
